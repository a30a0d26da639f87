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

/// The extended attributes that are wanted, ascending. Throws IoError "getxattr".
std::vector<ExtendedAttribute> read_attributes(int descriptor, AttributeFilter wanted,
                                               const std::string& host_path);
/// The same of a name that is not, or cannot be, opened; a symlink is not followed.
std::vector<ExtendedAttribute> read_attributes_at(int directory, const std::string& name,
                                                  AttributeFilter wanted, const std::string& host_path);

/// Does an attribute of this name belong to a file whose content is replaced? Those that speak for the old
/// content do not: security.capability, which the kernel drops as well when a file is written
/// (capabilities(7)), security.ima and security.evm.
bool outlives_content(std::string_view name) noexcept;

/// Gives the file `name` in `to`, the successor of the one of that name in `from`, the attributes that
/// outlive the content, access lists and labels among them. Throws IoError "setxattr" where one cannot be
/// given, "getxattr".
void keep_attributes(int from, int to, const std::string& name, const std::string& host_path);
/// The same of files that are open; `host_path` is that of the new one.
void keep_attributes(int from, int to, const std::string& host_path);

/// Takes from a new file or directory the access lists that it has inherited from where it was made.
void drop_access_lists(int descriptor) noexcept;

}  // namespace krgboot
