#include "posix_acl.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

namespace {

constexpr std::uint32_t version = 2;

std::uint32_t little_endian(std::string_view bytes) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

void append_little_endian(std::string& out, std::uint32_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8U)
    out += static_cast<char>(static_cast<unsigned char>(value & 0xffU));
}

std::string_view word_of(AclEntry::Tag tag) noexcept {
  switch (tag) {
    case AclEntry::Tag::user_object:
    case AclEntry::Tag::user:
      return "user";
    case AclEntry::Tag::group_object:
    case AclEntry::Tag::group:
      return "group";
    case AclEntry::Tag::mask:
      return "mask";
    case AclEntry::Tag::other:
      break;
  }
  return "other";
}

bool has_id(AclEntry::Tag tag) noexcept {
  return tag == AclEntry::Tag::user || tag == AclEntry::Tag::group;
}

}  // namespace

std::optional<std::vector<AclEntry>> parse_acl_attribute(std::string_view value) {
  if (value.size() < 4 || (value.size() - 4) % 8 != 0 || little_endian(value.substr(0, 4)) != version)
    return std::nullopt;
  std::vector<AclEntry> entries;
  for (auto rest = value.substr(4); !rest.empty(); rest.remove_prefix(8)) {
    auto tag = little_endian(rest.substr(0, 2));
    AclEntry entry;
    entry.tag = static_cast<AclEntry::Tag>(tag);
    entry.permissions = static_cast<std::uint16_t>(little_endian(rest.substr(2, 2)));
    if (has_id(entry.tag)) entry.id = little_endian(rest.substr(4, 4));
    if ((tag != 1 && tag != 2 && tag != 4 && tag != 8 && tag != 16 && tag != 32) || entry.permissions > 7)
      return std::nullopt;
    entries.push_back(entry);
  }
  return entries;
}

std::string to_acl_attribute(std::vector<AclEntry> entries) {
  std::sort(entries.begin(), entries.end(), [](const AclEntry& a, const AclEntry& b) {
    return a.tag != b.tag ? a.tag < b.tag : a.id < b.id;
  });
  std::string value;
  append_little_endian(value, version, 4);
  for (const auto& entry : entries) {
    append_little_endian(value, static_cast<std::uint32_t>(entry.tag), 2);
    append_little_endian(value, entry.permissions, 2);
    append_little_endian(value, entry.id, 4);
  }
  return value;
}

std::string to_acl_text(const std::vector<AclEntry>& entries) {
  std::string text;
  for (const auto& entry : entries) {
    if (!text.empty()) text += ',';
    text += word_of(entry.tag);
    text += ':';
    if (has_id(entry.tag)) text += std::to_string(entry.id);
    text += ':';
    text += (entry.permissions & 4U) != 0 ? 'r' : '-';
    text += (entry.permissions & 2U) != 0 ? 'w' : '-';
    text += (entry.permissions & 1U) != 0 ? 'x' : '-';
  }
  return text;
}

}  // namespace krgboot
