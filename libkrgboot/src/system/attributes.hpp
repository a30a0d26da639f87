#pragma once

#include "krgboot/system/extended_attribute.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

inline constexpr std::string_view access_acl = "system.posix_acl_access";
inline constexpr std::string_view default_acl = "system.posix_acl_default";

/// Is an attribute of this name wanted?
using AttributeFilter = bool (*)(std::string_view name) noexcept;

/// The extended attributes whose names are `wanted`, in ascending order. Throws IoError "getxattr".
std::vector<ExtendedAttribute> read_attributes(int descriptor, AttributeFilter wanted,
                                               const std::string& host_path);
/// The same for a name that is not, or cannot be, opened; does not follow a symlink.
std::vector<ExtendedAttribute> read_attributes_at(int directory, const std::string& name,
                                                  AttributeFilter wanted, const std::string& host_path);

/// Does an attribute of this name stay valid when the content is replaced? False for those that depend on the
/// old content: security.capability, which the kernel also drops when a file is written (capabilities(7)),
/// security.ima and security.evm.
bool outlives_content(std::string_view name) noexcept;

/// Copies the attributes that outlive the content, such as ACLs and labels, from the file `name` in `from` to
/// its replacement `name` in `to`. Throws IoError "setxattr" if one cannot be set, "getxattr".
void keep_attributes(int from, int to, const std::string& name, const std::string& host_path);
/// The same for open files; `host_path` is the path of the new file.
void keep_attributes(int from, int to, const std::string& host_path);

/// Removes the ACLs that a new file or directory has inherited from its parent directory.
void drop_access_lists(int descriptor) noexcept;

}  // namespace krgboot
