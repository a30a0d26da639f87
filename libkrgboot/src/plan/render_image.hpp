#pragma once

#include "krgboot/model/server_view.hpp"
#include "krgboot/plan/plan.hpp"

#include <vector>

namespace krgboot {

/// Items that configure an image by writing files, in the order in which they are made; each is `within` the
/// image.
std::vector<PlanItem> render_image(const ServerView& view, const Image& image);

}  // namespace krgboot
