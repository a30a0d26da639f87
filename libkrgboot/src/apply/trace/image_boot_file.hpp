#pragma once

#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot::tracing {

/// The file, relative to the image's /boot, that krgboot copies to `path`, an absolute path in the TFTP
/// directory; nullopt: krgboot puts no copy there.
std::optional<std::string> image_boot_file(const Image& image, std::string_view path);

}  // namespace krgboot::tracing
