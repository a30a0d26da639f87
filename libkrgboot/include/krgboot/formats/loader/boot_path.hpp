#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// Where krgboot copies a file of an image's /boot for loaders to fetch: "boot/IMAGE/FILE", below the TFTP
/// root.
KRGBOOT_EXPORT std::string boot_path(const Image& image, std::string_view file);
/// The inverse: the file below the image's /boot; nullopt for a path of anything else.
KRGBOOT_EXPORT std::optional<std::string> parse_boot_path(const Image& image, std::string_view path);

}  // namespace krgboot
