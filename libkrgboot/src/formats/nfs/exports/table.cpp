#include "krgboot/formats/nfs/exports/table.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "check.hpp"
#include "table_reader.hpp"
#include "word.hpp"

namespace krgboot::exports {

namespace {

constexpr auto none = static_cast<std::size_t>(-1);

bool same(const Entry& a, const Entry& b) {
  return a.path == b.path && a.client == b.client && a.options == b.options &&
         a.default_options == b.default_options && a.effective == b.effective;
}

bool is_blank(std::string_view text) {
  return trim(text).empty();
}

}  // namespace

std::optional<std::string> Entry::mount_point() const {
  auto option = effective.mountpoint();
  return option && option->empty() ? path : option;
}

std::string Entry::to_etab() const {
  return fmt::format("{}\t{}({})", etab_path(path), client, effective.to_etab());
}

ExportsTable ExportsTable::parse(std::string_view text, const std::string& file) {
  ExportsTable table;
  table.text_ = std::string(text);
  table.file_ = file;
  TableReader(table).read();
  return table;
}

Diagnostics ExportsTable::diagnostics() const {
  auto found = reading_;
  auto together = check_together({entries_.begin(), entries_.end()});
  found.insert(found.end(), together.begin(), together.end());
  std::stable_sort(found.begin(), found.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.where.position < b.where.position;
  });
  return found;
}

std::size_t ExportsTable::index_of(std::string_view path, std::string_view client) const {
  auto wanted_path = normal_path(path);
  auto wanted = Client::parse(client);
  auto other_spelling = none;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (normal_path(entries_[i].path) != wanted_path) continue;
    auto here = Client::parse(entries_[i].client);
    if (here == wanted) return i;
    if (other_spelling == none && here.means_same(wanted)) other_spelling = i;
  }
  return other_spelling;
}

const Entry* ExportsTable::find(std::string_view path, std::string_view client) const {
  auto index = index_of(path, client);
  return index == none ? nullptr : &entries_[index];
}

/// Replaces the table by `text` if its entries equal the current ones, except for `removed` entries at `at`,
/// which `added` replaces. False if they differ.
bool ExportsTable::replace_with(std::string_view text, std::size_t at, std::size_t removed,
                                const Entry* added) {
  auto table = parse(text, file_);
  std::size_t count = added != nullptr ? 1 : 0;
  if (table.entries_.size() + removed != entries_.size() + count || table.ends_early_ != ends_early_)
    return false;
  for (std::size_t i = 0; i < table.entries_.size(); ++i) {
    const auto& entry = table.entries_[i];
    if (i == at && added != nullptr) {
      if (entry.path != added->path || entry.client != added->client || entry.options != added->options)
        return false;
    } else if (!same(entry, entries_[i < at ? i : i + removed - count])) {
      return false;
    }
  }
  *this = std::move(table);
  return true;
}

void ExportsTable::refuse(std::string_view path, std::string_view message) const {
  auto found = diagnostics();
  found.insert(found.begin(), {Severity::error, "exports.tangled", std::string(message),
                               "mend the file first", std::string(path), Location{file_, {}}});
  throw ConfigError(found);
}

void ExportsTable::add(std::string_view path, std::string_view client, std::string_view options) {
  auto path_in_file = path_word(path);
  auto word = client_word(client, options);
  if (find(path, client) != nullptr) {
    throw ArgumentError("exports.duplicate", std::string(path),
                        fmt::format("{} is exported to {} already", path, client));
  }

  Entry added;
  added.client = client;
  added.options = options;
  auto wanted_path = normal_path(path);
  for (std::size_t i = entries_.size(); i-- > 0;) {
    const auto& place = places_[i];
    auto is_last = i + 1 == entries_.size() || places_[i + 1].statement != place.statement;
    if (!is_last || normal_path(entries_[i].path) != wanted_path || !entries_[i].default_options.empty())
      continue;
    if (place.client_begin == place.client_end) continue;  // exported to everyone: a client would restrict it
    auto text = text_;
    text.insert(place.client_end, " " + word);
    added.path = entries_[i].path;
    if (replace_with(text, i + 1, 0, &added)) return;
  }

  // Append a new line. If the text ends in a continued line, an empty line must end that line first.
  auto line = fmt::format("{} {}\n", path_in_file, word);
  added.path = path;
  for (std::string_view separator : {"", "\n", "\n\n"}) {
    if (separator.empty() && !text_.empty() && text_.back() != '\n') continue;
    if (!ends_early_ &&
        replace_with(fmt::format("{}{}{}", text_, separator, line), entries_.size(), 0, &added))
      return;
  }
  refuse(path, "exportfs would not read a line at the end of this file");
}

void ExportsTable::change(std::string_view path, std::string_view client, std::string_view options) {
  auto word = client_word(client, options);
  auto index = index_of(path, client);
  if (index == none) {
    throw ArgumentError("exports.no_entry", std::string(path),
                        fmt::format("{} is not exported to {}", path, client));
  }
  if (entries_[index].options == options) return;
  Entry changed;
  changed.path = entries_[index].path;
  changed.client = client;
  changed.options = options;
  auto text = text_;
  const auto& place = places_[index];
  auto length = place.client_end - place.client_begin;
  text.replace(place.client_begin, length, length == 0 ? " " + word : word);
  if (!replace_with(text, index, 1, &changed)) refuse(path, "a change of this entry would change others");
}

bool ExportsTable::remove(std::string_view path, std::string_view client) {
  auto index = index_of(path, client);
  if (index == none) return false;
  auto place = places_[index];
  auto in_statement = [&](std::size_t i) {
    return i < places_.size() && places_[i].statement == place.statement;
  };
  auto is_first = index == 0 || !in_statement(index - 1);
  auto is_last = !in_statement(index + 1);

  auto text = text_;
  if (!is_last) {
    text.erase(place.gap_begin, place.client_end - place.gap_begin);
  } else if (!is_first) {  // also remove -options, which alone would export the path to everyone
    text.erase(place.clients_end, place.client_end - place.clients_end);
  } else {
    auto begin = place.path_begin;
    auto end = place.client_end;
    auto line = begin == 0 ? 0 : text.rfind('\n', begin - 1) + 1;
    auto newline = std::min(text.find('\n', end), text.size());
    auto whole = is_blank(std::string_view(text).substr(line, begin - line)) &&
                 is_blank(std::string_view(text).substr(end, newline - end));
    auto after_whole = std::min(newline + 1, text.size());
    auto without_line = text_;
    if (whole && replace_with(without_line.erase(line, after_whole - line), index, 1, nullptr)) return true;
    text.erase(begin, end - begin);
  }
  if (!replace_with(text, index, 1, nullptr)) refuse(path, "the removal of this entry would change others");
  return true;
}

}  // namespace krgboot::exports
