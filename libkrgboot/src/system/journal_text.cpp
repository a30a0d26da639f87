#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "base/format_version.hpp"
#include "journal.hpp"
#include "path.hpp"

namespace krgboot {

namespace {

using Kind = Operation::Kind;

constexpr std::array<std::pair<Phase, std::string_view>, 5> phase_names{{{Phase::staging, "staging  "},
                                                                         {Phase::committed, "committed"},
                                                                         {Phase::undoing, "undoing  "},
                                                                         {Phase::undone, "undone   "},
                                                                         {Phase::finishing, "finishing"}}};

constexpr std::array<std::pair<Kind, std::string_view>, 6> kind_names{
    {{Kind::create, "create"},
     {Kind::replace, "replace"},
     {Kind::remove, "remove"},
     {Kind::tree, "tree"},
     {Kind::inside, "inside"},
     {Kind::remove_directory, "remove_directory"}}};

constexpr std::array<std::pair<FileKind, std::string_view>, 4> file_kind_names{
    {{FileKind::file, "file"},
     {FileKind::directory, "directory"},
     {FileKind::symlink, "symlink"},
     {FileKind::other, "other"}}};

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
  return std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == value; })
      ->second;
}

template <class Table>
auto value_in(const Table& table, std::string_view name) -> std::optional<decltype(table[0].first)> {
  auto row = std::find_if(table.begin(), table.end(), [&](const auto& r) { return r.second == name; });
  if (row == table.end()) return std::nullopt;
  return row->first;
}

bool has_staged(Kind kind) {
  return kind != Kind::remove && kind != Kind::remove_directory;
}
bool has_old(Kind kind) {
  return kind == Kind::replace || kind == Kind::remove;
}

/// FNV-1a, 64 bits: detects torn and damaged text, not tampering.
std::string checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '%') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    auto end = text.data() + i + 3;
    if (std::from_chars(text.data() + i + 1, end, value, 16).ptr != end) return std::nullopt;
    result += static_cast<char>(value);
    i += 2;
  }
  return result;
}

void append_identity(std::string& out, const Identity& identity) {
  fmt::format_to(std::back_inserter(out), " {} {} {} {}", name_in(file_kind_names, identity.kind),
                 identity.inode, identity.size, identity.mtime_ns);
}

/// Parses the text. Each function throws by `damaged` if the text is not in the written form.
class Reader {
 public:
  Reader(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  std::optional<ParsedJournal> result() {
    constexpr std::string_view magic = "krgboot journal 1 ";
    ParsedJournal parsed;
    // A journal is written at once; one that a kill or power cut truncated was never begun.
    if (text_.substr(0, magic.size()) != magic.substr(0, std::min(magic.size(), text_.size()))) {
      if (text_.find_first_not_of('\0') == std::string_view::npos) return std::nullopt;
      if (auto version = format_version(text_, magic.substr(0, magic.size() - 2)); version && *version > 1)
        newer(*version);
      damaged();
    }
    auto first = line();
    if (!first) return std::nullopt;
    auto phase = value_in(phase_names, first->substr(magic.size()));
    if (!phase) damaged();
    parsed.phase = *phase;
    if (!header(parsed.record)) {
      if (parsed.phase != Phase::staging) damaged();
      return std::nullopt;
    }
    if (parsed.phase != Phase::staging && !operations(parsed.record)) damaged();
    return parsed;
  }

 private:
  [[noreturn]] void damaged() const {
    throw ConflictError(
        "journal.damaged", path_,
        fmt::format("the journal {} is damaged; look into the files it names, then remove it", path_));
  }

  [[noreturn]] void newer(unsigned version) const {
    throw ConflictError(
        "journal.newer", path_,
        fmt::format(
            "the journal {} was written by a newer krgboot (form {}; this one knows form 1): run that "
            "krgboot's verify, which ends what it began",
            path_, version));
  }

  /// The next line without its newline; nullopt if no complete line is left.
  std::optional<std::string_view> line() {
    auto end = text_.find('\n', at_);
    if (end == std::string_view::npos) return std::nullopt;
    auto result = text_.substr(at_, end - at_);
    at_ = end + 1;
    return result;
  }

  bool header(Record& record) {
    auto start = at_;
    for (;;) {
      auto before = at_;
      auto next = line();
      if (!next) return false;
      auto [word, rest] = cut(*next);
      if (word == "begun") {
        if (rest != checksum(text_.substr(start, before - start))) return false;
        record.declared = record.directories.size();
        if (record.id.size() != 16 || record.id.find_first_not_of("0123456789abcdef") != std::string::npos)
          damaged();
        return true;
      }
      auto value = unescaped(rest);
      if (!value) return false;
      if (word == "id") {
        record.id = *value;
      } else if (word == "payload") {
        record.payload = *value;
      } else if (word == "directory") {
        add_directory(record.directories, *value);
      } else if (word == "confined") {
        add_directory(record.confined, *value);
      } else {
        return false;
      }
    }
  }

  bool operations(Record& record) {
    auto start = at_;
    for (;;) {
      auto before = at_;
      auto next = line();
      if (!next) return false;
      auto [word, rest] = cut(*next);
      if (word == "end") return rest == checksum(text_.substr(start, before - start));
      if (word == "also") {
        auto path = unescaped(rest);
        if (!path) damaged();
        add_directory(record.directories, *path);
      } else if (auto kind = value_in(kind_names, word)) {
        record.operations.push_back(operation(*kind, rest, record));
      } else {
        damaged();
      }
    }
  }

  Operation operation(Kind kind, std::string_view rest, const Record& record) const {
    auto fields = split(rest, ' ');
    std::size_t identities = (has_staged(kind) ? 1U : 0U) + (has_old(kind) ? 1U : 0U);
    if (fields.size() != 2 + 4 * identities) damaged();
    Operation result;
    result.kind = kind;
    result.directory = number<std::uint32_t>(fields[0]);
    auto name = unescaped(fields[1]);
    if (!name || result.directory >= record.directories.size()) damaged();
    result.name = *name;
    try {
      check_name(result.name);
    } catch (const ArgumentError&) {
      damaged();
    }
    if (has_staged(kind)) result.staged = identity(fields, 2);
    if (has_old(kind)) result.old = identity(fields, fields.size() - 4);
    return result;
  }

  Identity identity(const std::vector<std::string_view>& fields, std::size_t at) const {
    auto kind = value_in(file_kind_names, fields[at]);
    if (!kind) damaged();
    return {*kind, number<std::uint64_t>(fields[at + 1]), number<std::uint64_t>(fields[at + 2]),
            number<std::int64_t>(fields[at + 3])};
  }

  template <class Number>
  Number number(std::string_view text) const {
    Number value = 0;
    auto end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || stop != end || error != std::errc()) damaged();
    return value;
  }

  void add_directory(std::vector<std::string>& directories, const std::string& path) const {
    try {
      check_path(path);
    } catch (const ArgumentError&) {
      damaged();
    }
    directories.push_back(path);
  }

  static std::pair<std::string_view, std::string_view> cut(std::string_view line) {
    auto blank = std::min(line.find(' '), line.size());
    return {line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))};
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0;
};

}  // namespace

std::string phase_line(Phase phase) {
  return fmt::format("krgboot journal 1 {}\n", name_in(phase_names, phase));
}

std::string header_text(const Record& record) {
  std::string body = "id " + record.id;
  for (const auto& path : record.confined) {
    body += "\nconfined ";
    append_escaped(body, path);
  }
  for (std::size_t i = 0; i < record.declared; ++i) {
    body += "\ndirectory ";
    append_escaped(body, record.directories[i]);
  }
  body += "\npayload ";
  append_escaped(body, record.payload);
  body += '\n';
  return phase_line(Phase::staging) + body + "begun " + checksum(body) + '\n';
}

std::string operations_text(const Record& record) {
  std::string text;
  for (std::size_t i = record.declared; i < record.directories.size(); ++i) {
    text += "also ";
    append_escaped(text, record.directories[i]);
    text += '\n';
  }
  for (const auto& operation : record.operations) {
    fmt::format_to(std::back_inserter(text), "{} {} ", name_in(kind_names, operation.kind),
                   operation.directory);
    append_escaped(text, operation.name);
    if (has_staged(operation.kind)) append_identity(text, operation.staged);
    if (has_old(operation.kind)) append_identity(text, operation.old);
    text += '\n';
  }
  return text + "end " + checksum(text) + '\n';
}

std::optional<ParsedJournal> parse_journal(std::string_view text, const std::string& path) {
  return Reader(text, path).result();
}

}  // namespace krgboot
