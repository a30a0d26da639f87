#pragma once

#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// Where krgboot copies a file of an image's /boot for loaders to fetch: "boot/IMAGE/FILE", below the TFTP
/// root.
std::string boot_path(const Image& image, std::string_view file);
/// The inverse: the file below the image's /boot; nullopt for a path of anything else.
std::optional<std::string> parse_boot_path(const Image& image, std::string_view path);

}  // namespace krgboot
