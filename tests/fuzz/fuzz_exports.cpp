// exports(5). The input has a path, a client and options on its first three lines, then the file.
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace krgboot;
using namespace krgboot::exports;
using fuzz::require;

namespace {

bool is_same(const Entry& a, const Entry& b) {
  return a.path == b.path && a.client == b.client && a.options == b.options &&
         a.default_options == b.default_options && a.effective == b.effective;
}

/// Are the entries of both equal, except for `removed` entries of `before` and `added` entries of `after` at
/// one place?
bool are_others_same(const ExportsTable& before, const ExportsTable& after, std::size_t removed,
                     std::size_t added) {
  const auto& a = before.list();
  const auto& b = after.list();
  if (a.size() - removed != b.size() - added) return false;
  std::size_t at = 0;
  while (at < a.size() && at < b.size() && is_same(a[at], b[at])) ++at;
  for (std::size_t from_end = 0; a.size() - from_end > at + removed; ++from_end) {
    if (!is_same(a[a.size() - 1 - from_end], b[b.size() - 1 - from_end])) return false;
  }
  return true;
}

/// Is `longer` the same as `text` with one insertion?
bool is_insertion(std::string_view longer, std::string_view text) {
  auto same = std::mismatch(text.begin(), text.end(), longer.begin(), longer.end());
  auto rest = text.substr(static_cast<std::size_t>(same.first - text.begin()));
  return longer.size() >= text.size() && longer.substr(longer.size() - rest.size()) == rest;
}

template <class Change>
bool done(ExportsTable& table, Change change) {
  auto text = table.to_string();
  try {
    change();
    require(ExportsTable::parse(table.to_string()).list().size() == table.list().size(),
            "a change leaves what reading its text gives");
    return true;
  } catch (const ArgumentError&) {
  } catch (const ConfigError&) {
  }
  require(table.to_string() == text, "a change that is refused changes nothing");
  return false;
}

void add(const ExportsTable& before, std::string_view path, std::string_view client,
         std::string_view options) {
  auto table = before;
  if (!done(table, [&] { table.add(path, client, options); })) return;
  const auto* added = table.find(path, client);
  require(added != nullptr && added->client == client && added->options == options, "what is added is there");
  require(normal_path(added->path) == normal_path(path), "at its path");
  require(are_others_same(before, table, 0, 1), "and all other entries stay");
  require(is_insertion(table.to_string(), before.to_string()), "and every byte of the file");
  require(table.remove(path, client), "what was added can be removed");
  require(table.find(path, client) == nullptr, "and is gone then");
  auto rest = std::string_view(table.to_string());
  require(rest.substr(0, before.to_string().size()) == before.to_string(),
          "and every byte of the file stays");
  rest.remove_prefix(before.to_string().size());
  require(rest.empty() || rest == "\n" || rest == "\n\n", "but for the end of the last line");
}

void change_and_remove(const ExportsTable& before, const Entry& entry, std::string_view options) {
  auto changed = before;
  if (done(changed, [&] { changed.change(entry.path, entry.client, options); })) {
    const auto* now = changed.find(entry.path, entry.client);
    require(now != nullptr && now->options == options, "an entry has the options it was given");
    require(are_others_same(before, changed, 1, 1), "and all other entries stay");
  }
  auto removed = before;
  if (done(removed, [&] { require(removed.remove(entry.path, entry.client), "an entry can be removed"); })) {
    require(are_others_same(before, removed, 1, 0), "and all other entries stay");
    require(is_insertion(before.to_string(), removed.to_string()), "and every other byte");
  }
}

void words(std::string_view word) {
  require(Client::parse(word).to_string() == word, "a client stays as it is written");
  if (auto client = fuzz::unless<ArgumentError>([&] { return Client::from_string(word); })) {
    auto read = ExportsTable::parse("/a " + client->to_string() + "(ro)\n");
    require(read.list().size() == 1 && read.list()[0].client == word,
            "a client fit to be written reads back");
  }
  auto quoted = fuzz::unless<ArgumentError>([&] { return quote_path(word); });
  require(quoted.has_value() == (!word.empty() && word.find('\0') == std::string_view::npos),
          "only what no word can hold cannot be quoted");
  if (quoted && !path_problem(word)) {
    auto read = ExportsTable::parse(*quoted + " 10.0.0.1(ro)\n");
    require(read.list().size() == 1 && read.list()[0].path == word, "a quoted path reads back");
    require(read.list()[0].to_etab() ==
                etab_path(word) + "\t10.0.0.1(" + read.list()[0].effective.to_etab() + ")",
            "and stands in the export table");
  }
  Options options;
  auto findings = options.apply(word);
  auto strict = fuzz::unless<ArgumentError>([&] { return Options::from_string(word); });
  auto good = std::none_of(findings.begin(), findings.end(),
                           [](const auto& finding) { return finding.severity == Severity::error; });
  require(strict.has_value() == good, "from_string throws where apply finds an error");
  if (strict) require(*strict == options, "and gives the same otherwise");
  (void)options.flavors();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto path = fuzz::take_line(text);
  auto client = fuzz::take_line(text);
  auto options = fuzz::take_line(text);
  for (auto word : {path, client, options}) words(word);

  auto table = ExportsTable::parse(text, "exports");
  require(table.to_string() == text, "the text is kept to the byte");
  auto lines = split_lines(text).size();
  require(!table.ends_early() || has_errors(table.diagnostics()), "what is lost is an error");
  for (const auto& entry : table.list()) {
    require(table.find(entry.path, entry.client) != nullptr, "an entry is found by its path and client");
    require(entry.where.position.line >= 1 && entry.where.position.line <= lines, "its line is in the text");
    (void)entry.to_etab();
  }
  add(table, path, client, options);
  for (std::size_t i = 0; i < table.list().size() && i < 8; ++i) {
    change_and_remove(table, table.list()[i], options);
  }
  return 0;
}
