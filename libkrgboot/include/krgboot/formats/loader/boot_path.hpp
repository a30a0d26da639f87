#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// Path, relative to the TFTP root, of krgboot's copy of a file of the image's /boot: "boot/IMAGE/FILE".
/// `file` is relative to /boot.
KRGBOOT_EXPORT std::string boot_path(const Image& image, std::string_view file);
/// The inverse of boot_path(): the path relative to the image's /boot. nullopt: `path` is not of this image.
KRGBOOT_EXPORT std::optional<std::string> parse_boot_path(const Image& image, std::string_view path);

}  // namespace krgboot
