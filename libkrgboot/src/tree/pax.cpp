#include "pax.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <linux/limits.h>

#include "attributes.hpp"
#include "base/nanoseconds.hpp"
#include "posix_acl.hpp"

namespace krgboot {

namespace {

constexpr std::size_t tar_block = 512;
/// The longest extended header that libarchive reads.
constexpr std::size_t longest_records = std::size_t{1} << 20U;

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// "LENGTH KEY=VALUE\n", where LENGTH counts itself.
void append_record(std::string& records, std::string_view key, std::string_view value) {
  auto rest = key.size() + value.size() + 3;
  auto length = rest + std::to_string(rest).size();
  length = rest + std::to_string(length).size();
  fmt::format_to(std::back_inserter(records), "{} {}=", length, key);
  records += value;
  records += '\n';
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto octet = [&](std::size_t at) {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    auto group = octet(i) << 16U | octet(i + 1) << 8U | octet(i + 2);
    auto wanted = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t digit = 0; digit < wanted; ++digit) out += digits[group >> (18 - 6 * digit) & 63U];
  }
  return out;
}

void append_attribute(std::string& records, const ExtendedAttribute& attribute) {
  const auto& [name, value] = attribute;
  if (name == access_acl || name == default_acl) {
    auto acl = parse_acl_attribute(value);
    if (acl) {
      append_record(records, name == access_acl ? "SCHILY.acl.access" : "SCHILY.acl.default",
                    to_acl_text(*acl));
      return;
    }
  }
  if (is_ascii(name) && name.find_first_of("=%") == std::string::npos) {
    append_record(records, "SCHILY.xattr." + name, value);
    return;
  }
  // star's record cannot hold such a name; libarchive's can.
  std::string key = "LIBARCHIVE.xattr.";
  for (char c : name) {
    if (c < '!' || c > '~' || c == '%' || c == '=') {
      fmt::format_to(std::back_inserter(key), "%{:02X}", static_cast<unsigned char>(c));
    } else {
      key += c;
    }
  }
  append_record(records, key, base64(value));
}

char type_flag(const TreeEntry& entry) noexcept {
  if (!entry.hard_link.empty()) return '1';
  switch (entry.type) {
    case EntryType::file:
      return '0';
    case EntryType::symlink:
      return '2';
    case EntryType::character_device:
      return '3';
    case EntryType::block_device:
      return '4';
    case EntryType::directory:
      return '5';
    case EntryType::fifo:
      break;
  }
  return '6';
}

struct Header {
  std::string_view name;
  std::string_view link;
  mode_t mode = 0644;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::uint64_t size = 0;
  std::int64_t seconds = 0;
  std::uint64_t device_major = 0;
  std::uint64_t device_minor = 0;
  char type = 'x';
};

constexpr std::uint64_t largest(int digits) noexcept {
  return (std::uint64_t{1} << (3U * static_cast<unsigned>(digits))) - 1;
}

/// Appends one header block; numbers that do not fit are 0 here and go into a record.
void append_block(std::string& out, const Header& header) {
  std::string bytes(tar_block, '\0');
  auto put = [&](std::size_t at, std::size_t size, std::string_view text) {
    bytes.replace(at, std::min(size, text.size()), text.substr(0, size));
  };
  auto number = [&](std::size_t at, int digits, std::uint64_t value) {
    put(at, static_cast<std::size_t>(digits),
        fmt::format("{:0{}o}", value > largest(digits) ? 0 : value, digits));
  };
  put(0, 100, header.name);
  number(100, 7, header.mode);
  number(108, 7, header.uid);
  number(116, 7, header.gid);
  number(124, 11, header.size);
  number(136, 11, header.seconds < 0 ? 0 : static_cast<std::uint64_t>(header.seconds));
  put(148, 8, "        ");
  bytes[156] = header.type;
  put(157, 100, header.link);
  put(257, 6, std::string_view("ustar\0", 6));
  put(263, 2, "00");
  number(329, 7, header.device_major);
  number(337, 7, header.device_minor);
  unsigned sum = 0;
  for (char c : bytes) sum += static_cast<unsigned char>(c);
  put(148, 8, fmt::format("{:06o}{} ", sum, '\0'));
  out += bytes;
}

void pad(std::string& out) {
  out.append(static_cast<std::size_t>(pax_padding(out.size())), '\0');
}

std::string sparse_map(const std::vector<DataRange>& ranges) {
  std::string map = fmt::format("{}\n", ranges.size());
  for (const auto& range : ranges)
    fmt::format_to(std::back_inserter(map), "{}\n{}\n", range.offset, range.size);
  pad(map);
  return map;
}

std::string time_text(std::int64_t nanoseconds) {
  bool negative = nanoseconds < 0;
  auto magnitude =
      negative ? ~static_cast<std::uint64_t>(nanoseconds) + 1 : static_cast<std::uint64_t>(nanoseconds);
  constexpr auto unit = static_cast<std::uint64_t>(nanoseconds_per_second);
  auto text = fmt::format("{}{}.{:09}", negative ? "-" : "", magnitude / unit, magnitude % unit);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::uint64_t pax_padding(std::uint64_t size) noexcept {
  return (tar_block - size % tar_block) % tar_block;
}

std::string pax_end() {
  return std::string(2 * tar_block, '\0');
}

std::string pax_header(const TreeEntry& entry, const std::vector<DataRange>* sparse) {
  bool directory = entry.type == EntryType::directory;
  std::string name = entry.path == "." ? "./" : "./" + entry.path + (directory ? "/" : "");
  std::string link = entry.hard_link.empty() ? entry.link_target : "./" + entry.hard_link;
  bool data = entry.type == EntryType::file && entry.hard_link.empty();
  // Only a walk by descriptors reaches such a file; `restore` would refuse it.
  if (name.size() >= PATH_MAX)
    throw ArchiveError(
        "archive.path", "", entry.path,
        fmt::format("{} is longer than any path that a program can open", in_quotes(entry.path)));

  std::string map;
  std::string records;
  if (!is_utf8(name) || !is_utf8(link)) append_record(records, "hdrcharset", "BINARY");
  Header header;
  header.size = data ? entry.size : 0;
  if (sparse != nullptr) {
    map = sparse_map(*sparse);
    header.size = map.size();
    for (const auto& range : *sparse) header.size += range.size;
    append_record(records, "GNU.sparse.major", "1");
    append_record(records, "GNU.sparse.minor", "0");
    append_record(records, "GNU.sparse.name", name);
    append_record(records, "GNU.sparse.realsize", std::to_string(entry.size));
    // The name for readers that do not know sparse files.
    auto slash = name.rfind('/');
    name.insert(slash + 1, "GNUSparseFile.0/");
  }
  if (name.size() > 100 || !is_ascii(name)) append_record(records, "path", name);
  if (link.size() > 100 || !is_ascii(link)) append_record(records, "linkpath", link);
  if (header.size > largest(11)) append_record(records, "size", std::to_string(header.size));
  if (entry.uid > largest(7)) append_record(records, "uid", std::to_string(entry.uid));
  if (entry.gid > largest(7)) append_record(records, "gid", std::to_string(entry.gid));
  header.seconds = entry.mtime_ns / nanoseconds_per_second;
  if (entry.mtime_ns < 0 || entry.mtime_ns % nanoseconds_per_second != 0 ||
      header.seconds > std::int64_t{largest(11)})
    append_record(records, "mtime", time_text(entry.mtime_ns));
  if (entry.device_major > largest(7))
    append_record(records, "SCHILY.devmajor", std::to_string(entry.device_major));
  if (entry.device_minor > largest(7))
    append_record(records, "SCHILY.devminor", std::to_string(entry.device_minor));
  if (entry.hard_link.empty()) {
    for (const auto& attribute : entry.attributes) append_attribute(records, attribute);
  }
  if (records.size() > longest_records)
    throw ArchiveError(
        "archive.attributes", "", entry.path,
        fmt::format("{} has more extended attributes than a tar archive can hold", in_quotes(entry.path)));

  std::string out;
  if (!records.empty()) {
    Header extended;
    extended.name = "./PaxHeaders/entry";
    extended.size = records.size();
    append_block(out, extended);
    pad(records);
    out += records;
  }
  header.name = name;
  header.link = link;
  header.mode = entry.mode;
  header.uid = entry.uid;
  header.gid = entry.gid;
  header.device_major = entry.device_major;
  header.device_minor = entry.device_minor;
  header.type = type_flag(entry);
  append_block(out, header);
  return out + map;
}

}  // namespace krgboot
