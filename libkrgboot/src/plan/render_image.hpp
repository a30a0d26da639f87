#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/plan.hpp"

#include <vector>

namespace krgboot {

/// What is configured in an image by the content of files, in the order in which it is made; every item is
/// `within` the image.
std::vector<PlanItem> render_image(const Cluster& cluster, const Image& image);

}  // namespace krgboot
