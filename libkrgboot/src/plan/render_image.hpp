#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/plan.hpp"

#include <vector>

namespace krgboot {

/// Items that configure an image by writing files, in the order in which they are made; each is `within` the
/// image.
std::vector<PlanItem> render_image(const Cluster& cluster, const Image& image);

}  // namespace krgboot
