#include "krgboot/tree/manifest.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/nanoseconds.hpp"
#include "system/reading.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

constexpr std::string_view manifest_head = "#mtree\n#krgboot tree 1\n";
/// Upper limit of a line: a path, a symlink target and a few attributes of 64 KiB, each byte escaped as four.
constexpr std::size_t longest_line = std::size_t{16} << 20U;

bool is_plain(char c) noexcept {
  return c > ' ' && c < '\x7f' && std::string_view("\\#=*?[]").find(c) == std::string_view::npos;
}

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\{:03o}", static_cast<unsigned char>(c));
    }
  }
}

/// Lenient: the reader checks the exact form by writing the entry again.
std::optional<std::string> unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    unsigned value = 0;
    if (text.size() - i < 4) return std::nullopt;
    for (int digit = 0; digit < 3; ++digit) {
      char c = text[++i];
      if (c < '0' || c > '7') return std::nullopt;
      value = value * 8 + static_cast<unsigned>(c - '0');
    }
    if (value > 255) return std::nullopt;
    result += static_cast<char>(static_cast<unsigned char>(value));
  }
  return result;
}

void append_name(std::string& out, std::string_view path) {
  if (path == ".") {
    out += '.';
    return;
  }
  out += "./";
  append_escaped(out, path);
}

std::optional<std::string> name_of(std::string_view text) {
  if (text == ".") return ".";
  if (text.substr(0, 2) != "./") return std::nullopt;
  auto path = unescaped(text.substr(2));
  return path && *path != "." && is_tree_path(*path) ? path : std::nullopt;
}

bool is_device(EntryType type) noexcept {
  return type == EntryType::character_device || type == EntryType::block_device;
}

bool is_sha256(std::string_view text) noexcept {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Why the entry is invalid; empty if it is valid.
std::string_view fault_of(const TreeEntry& entry) {
  if (!is_tree_path(entry.path)) return "its path is not one of a tree";
  if (entry.path == "." && entry.type != EntryType::directory) return "the tree itself is no directory";
  if ((entry.mode & ~mode_t{07777}) != 0) return "its mode has bits that are no permissions";
  if (entry.type != EntryType::file && (entry.size != 0 || !entry.sha256.empty()))
    return "it has a size or digest, but is no file";
  if (!entry.sha256.empty() && !is_sha256(entry.sha256)) return "its digest is no SHA-256";
  if ((entry.type == EntryType::symlink) == entry.link_target.empty())
    return "symlinks have a target, and only they";
  if (entry.link_target.find('\0') != std::string::npos) return "its target holds a NUL byte";
  if (!is_device(entry.type) && (entry.device_major != 0 || entry.device_minor != 0))
    return "it has a device number, but is no device";
  if (!entry.hard_link.empty() &&
      (entry.type == EntryType::directory || entry.hard_link == "." || !is_tree_path(entry.hard_link) ||
       compare_tree_paths(entry.hard_link, entry.path) >= 0))
    return "it is a hard link to what cannot be linked to";
  for (std::size_t i = 0; i < entry.attributes.size(); ++i) {
    const auto& name = entry.attributes[i].name;
    if (name.empty() || name.find('\0') != std::string::npos) return "an attribute has no proper name";
    if (i != 0 && name <= entry.attributes[i - 1].name) return "its attributes are not in order";
  }
  return {};
}

std::string render(const TreeEntry& entry) {
  std::string out;
  auto append = std::back_inserter(out);
  if (!entry.hard_link.empty() || !entry.attributes.empty()) {
    out += "#:";
    if (!entry.hard_link.empty()) {
      out += " hard_link=";
      append_name(out, entry.hard_link);
    }
    for (const auto& attribute : entry.attributes) {
      out += " xattr.";
      append_escaped(out, attribute.name);
      out += '=';
      append_escaped(out, attribute.value);
    }
    out += '\n';
  }
  append_name(out, entry.path);
  auto seconds = entry.mtime_ns / nanoseconds_per_second;
  auto nanoseconds = entry.mtime_ns % nanoseconds_per_second;
  if (nanoseconds < 0) {
    nanoseconds += nanoseconds_per_second;
    --seconds;
  }
  fmt::format_to(append, " type={} mode={:04o} uid={} gid={} time={}.{:09}", to_string(entry.type),
                 entry.mode, entry.uid, entry.gid, seconds, nanoseconds);
  if (entry.type == EntryType::file) fmt::format_to(append, " size={}", entry.size);
  if (!entry.sha256.empty()) fmt::format_to(append, " sha256={}", entry.sha256);
  if (entry.type == EntryType::symlink) {
    out += " link=";
    append_escaped(out, entry.link_target);
  }
  if (is_device(entry.type))
    fmt::format_to(append, " device=native,{},{}", entry.device_major, entry.device_minor);
  out += '\n';
  return out;
}

template <class Number>
bool read_number(std::string_view text, Number& number, unsigned long maximum) {
  auto value = parse_decimal(text, maximum);
  if (!value) return false;
  number = static_cast<Number>(*value);
  return true;
}

bool read_time(std::string_view text, std::int64_t& time) {
  auto point = text.find('.');
  if (point == std::string_view::npos) return false;
  auto seconds = text.substr(0, point);
  auto fraction = text.substr(point + 1);
  bool negative = !seconds.empty() && seconds.front() == '-';
  if (negative) seconds.remove_prefix(1);
  auto whole = parse_decimal(seconds, 9'223'372'036UL);
  while (fraction.size() > 1 && fraction.front() == '0') fraction.remove_prefix(1);
  auto part = parse_decimal(fraction, nanoseconds_per_second - 1);
  if (!whole || !part) return false;
  auto value = static_cast<std::int64_t>(*whole) * (negative ? -1 : 1);
  // A value that does not fit wraps around here; the comparison with the written form then finds it.
  time = static_cast<std::int64_t>(
      static_cast<std::uint64_t>(value) * static_cast<std::uint64_t>(nanoseconds_per_second) + *part);
  return true;
}

bool read_mode(std::string_view text, mode_t& mode) {
  mode = 0;
  for (char c : text) {
    if (c < '0' || c > '7' || mode > 07777) return false;
    mode = mode * 8 + static_cast<mode_t>(c - '0');
  }
  return true;
}

bool read_device(std::string_view text, TreeEntry& entry) {
  auto parts = split(text, ',');
  return parts.size() == 3 && parts[0] == "native" && read_number(parts[1], entry.device_major, 0xffffffff) &&
         read_number(parts[2], entry.device_minor, 0xffffffff);
}

bool read_keyword(std::string_view key, std::string_view value, TreeEntry& entry) {
  if (key == "type") {
    for (auto type : {EntryType::file, EntryType::directory, EntryType::symlink, EntryType::fifo,
                      EntryType::character_device, EntryType::block_device}) {
      entry.type = type;
      if (to_string(type) == value) return true;
    }
    return false;
  }
  if (key == "mode") return read_mode(value, entry.mode);
  if (key == "uid") return read_number(value, entry.uid, 0xffffffff);
  if (key == "gid") return read_number(value, entry.gid, 0xffffffff);
  if (key == "time") return read_time(value, entry.mtime_ns);
  if (key == "size") return read_number(value, entry.size, 0x7fffffffffffffff);
  if (key == "device") return read_device(value, entry);
  if (key == "sha256") {
    entry.sha256 = value;
    return true;
  }
  if (key != "link") return false;
  auto target = unescaped(value);
  if (target) entry.link_target = std::move(*target);
  return target.has_value();
}

bool read_extension(std::string_view key, std::string_view value, TreeEntry& entry) {
  constexpr std::string_view prefix = "xattr.";
  if (key == "hard_link") {
    auto name = name_of(value);
    if (name) entry.hard_link = std::move(*name);
    return name.has_value();
  }
  if (key.substr(0, prefix.size()) != prefix) return false;
  auto name = unescaped(key.substr(prefix.size()));
  auto bytes = unescaped(value);
  if (!name || !bytes) return false;
  entry.attributes.push_back({std::move(*name), std::move(*bytes)});
  return true;
}

using ReadWord = bool (*)(std::string_view key, std::string_view value, TreeEntry& entry);

bool read_words(std::string_view words, ReadWord read, TreeEntry& entry) {
  for (auto word : split(words, ' ')) {
    auto equals = word.find('=');
    if (equals == std::string_view::npos) return false;
    if (!read(word.substr(0, equals), word.substr(equals + 1), entry)) return false;
  }
  return true;
}

bool read_entry(std::string_view line, TreeEntry& entry) {
  auto blank = line.find(' ');
  auto name = name_of(line.substr(0, blank));
  if (!name || blank == std::string_view::npos) return false;
  entry.path = std::move(*name);
  return read_words(line.substr(blank + 1), read_keyword, entry);
}

}  // namespace

std::string to_manifest_lines(const TreeEntry& entry) {
  auto fault = fault_of(entry);
  if (!fault.empty())
    throw ArgumentError("manifest.entry", entry.path,
                        fmt::format("{} cannot stand in a manifest: {}", in_quotes(entry.path), fault));
  return render(entry);
}

TreeManifestWriter::TreeManifestWriter(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {
  sink_(manifest_head);
}

void TreeManifestWriter::add(const TreeEntry& entry) {
  auto lines = to_manifest_lines(entry);
  if (count_ != 0 && compare_tree_paths(last_, entry.path) >= 0)
    throw ArgumentError("manifest.entry", entry.path,
                        fmt::format("{} is out of order in a manifest", in_quotes(entry.path)));
  sink_(lines);
  last_ = entry.path;
  ++count_;
}

void TreeManifestWriter::finish() {
  sink_(fmt::format("#end {}\n", count_));
}

TreeManifestReader::TreeManifestReader(std::function<std::string()> source, std::string name)
    : source_(std::move(source)), name_(std::move(name)) {
  auto first = line();
  if (first != "#mtree") refuse("it does not begin as a manifest of krgboot does");
  if (line() != "#krgboot tree 1") refuse("it is not of a version that this krgboot reads");
}

void TreeManifestReader::refuse(const std::string& why) const {
  throw ArchiveError("manifest.syntax", name_, fmt::format("line {}", lines_),
                     fmt::format("{}:{}: {}", visible(name_), lines_, why));
}

std::optional<std::string> TreeManifestReader::line() {
  std::string result;
  for (;;) {
    auto end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      result.append(buffer_, at_, end - at_);
      at_ = end + 1;
      ++lines_;
      return result;
    }
    result.append(buffer_, at_);
    buffer_ = source_();
    at_ = 0;
    if (result.size() > longest_line) refuse("the line is too long");
    if (buffer_.empty()) break;
  }
  if (result.empty()) return std::nullopt;
  ++lines_;
  throw ArchiveError("manifest.truncated", name_, fmt::format("line {}", lines_),
                     fmt::format("{}:{}: the manifest ends within a line", visible(name_), lines_));
}

std::optional<TreeEntry> TreeManifestReader::next() {
  if (ended_) return std::nullopt;
  auto text = line();
  if (!text)
    throw ArchiveError("manifest.truncated", name_, fmt::format("line {}", lines_),
                       fmt::format("{}: the manifest is cut off after line {}", visible(name_), lines_));
  if (*text == fmt::format("#end {}", count_)) {
    if (line()) refuse("something follows the manifest's end");
    ended_ = true;
    return std::nullopt;
  }
  TreeEntry entry;
  constexpr std::string_view extension = "#: ";
  auto read_so_far = *text + '\n';
  if (text->substr(0, extension.size()) == extension) {
    if (!read_words(std::string_view(*text).substr(extension.size()), read_extension, entry))
      refuse("this is no list of extensions");
    text = line();
    if (!text) refuse("extensions without an entry");
    read_so_far += *text + '\n';
  }
  if (!read_entry(*text, entry)) refuse("this is no entry");
  auto fault = fault_of(entry);
  if (!fault.empty()) refuse(fmt::format("{} cannot be: {}", in_quotes(entry.path), fault));
  if (render(entry) != read_so_far)
    refuse(fmt::format("{} is not written as krgboot writes it", in_quotes(entry.path)));
  if (count_ != 0 && compare_tree_paths(last_, entry.path) >= 0)
    refuse(fmt::format("{} is out of order", in_quotes(entry.path)));
  last_ = entry.path;
  ++count_;
  return entry;
}

std::string to_tree_manifest(const std::vector<TreeEntry>& entries) {
  std::string text;
  TreeManifestWriter writer([&](std::string_view bytes) { text += bytes; });
  for (const auto& entry : entries) writer.add(entry);
  writer.finish();
  return text;
}

std::vector<TreeEntry> parse_tree_manifest(std::string_view text, const std::string& name) {
  bool given = false;
  TreeManifestReader reader([&] { return std::exchange(given, true) ? std::string() : std::string(text); },
                            name);
  std::vector<TreeEntry> entries;
  while (auto entry = reader.next()) entries.push_back(std::move(*entry));
  return entries;
}

TreeManifestReader open_tree_manifest(const std::filesystem::path& file) {
  auto opened = open_regular_at(AT_FDCWD, file, file);
  if (!opened) throw IoError("open", file, ENOENT);
  auto descriptor = std::make_shared<FileDescriptor>(std::move(opened->descriptor));
  auto source = [descriptor, file] {
    std::string bytes(65536, '\0');
    auto got = system_call::retried([&] { return ::read(descriptor->get(), bytes.data(), bytes.size()); });
    if (got < 0) throw IoError("read", file, errno);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  };
  return {source, file};
}

}  // namespace krgboot
