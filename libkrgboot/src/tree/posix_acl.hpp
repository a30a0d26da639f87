#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

// POSIX access control lists (acl(5)) in the form of the kernel's extended attributes
// (linux/posix_acl_xattr.h: version 2, then tag, permissions and id of each entry, little endian) and in the
// text form of tar archives: "user::rwx,user:1000:r-x,group::r-x,mask::r-x,other::---".

struct AclEntry {
  enum class Tag : std::uint16_t {
    user_object = 1,
    user = 2,
    group_object = 4,
    group = 8,
    mask = 16,
    other = 32
  };
  Tag tag = Tag::other;
  std::uint16_t permissions = 0;  ///< r 4, w 2, x 1
  std::uint32_t id = 0xffffffff;  ///< for user and group
  friend auto operator<=>(const AclEntry&, const AclEntry&) = default;
};

/// nullopt for a value that the kernel does not produce.
std::optional<std::vector<AclEntry>> parse_acl_attribute(std::string_view value);
/// The attribute, sorted in the kernel's order: by tag, then by id.
std::string to_acl_attribute(std::vector<AclEntry> entries);
std::string to_acl_text(const std::vector<AclEntry>& entries);

}  // namespace krgboot
