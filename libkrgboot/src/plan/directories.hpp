#pragma once

#include "krgboot/services/item.hpp"

#include <vector>

namespace krgboot {

/// All directories that the items lie in, each before those in it, except directories in images, whose trees
/// are not made here, and those that are items themselves.
std::vector<PlanItem> directories_of(const std::vector<PlanItem>& items);

}  // namespace krgboot
