#pragma once

#include <string_view>

namespace krgboot {

inline constexpr std::string_view access_acl = "system.posix_acl_access";
inline constexpr std::string_view default_acl = "system.posix_acl_default";

/// Is an extended attribute of this name part of an image?
bool is_kept_attribute(std::string_view name) noexcept;

}  // namespace krgboot
