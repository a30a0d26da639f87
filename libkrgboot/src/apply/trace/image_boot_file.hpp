#pragma once

#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot::tracing {

/// The file below the image's /boot of which krgboot puts a copy at `path`, absolute in the directory that
/// TFTP serves; nullopt: it puts none there.
std::optional<std::string> image_boot_file(const Image& image, std::string_view path);

}  // namespace krgboot::tracing
