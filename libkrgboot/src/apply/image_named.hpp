#pragma once

#include "krgboot/model/cluster.hpp"

#include <string_view>

namespace krgboot {

/// The image of that name. Throws ArgumentError "image.unknown", which lists the known images.
const Image& image_named(const Cluster& cluster, std::string_view name);

}  // namespace krgboot
