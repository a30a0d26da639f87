#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace krgboot::model {

/// Name of the systemd.mount(5) unit of a mount point, of any length: see formats/root_tree/mount_unit.hpp.
/// nullopt for a path that is not absolute and normal, and for "/".
std::optional<std::string> mount_unit_name(std::string_view path);

inline constexpr std::string_view mount_unit_suffix = ".mount";
inline constexpr std::size_t longest_unit_name = 255;  // UNIT_NAME_MAX is 256, with the final NUL

}  // namespace krgboot::model
