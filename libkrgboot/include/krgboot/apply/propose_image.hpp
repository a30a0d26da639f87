#pragma once

#include "krgboot/apply/proposal.hpp"
#include "krgboot/export.hpp"

#include <string_view>

namespace krgboot {

/// What `configure_image` would change in the files of the image `name`, and the steps that it would make;
/// all else beneath `root` is left out. `adopt`: as of DiffOptions. Writes nothing, as `propose`. Throws
/// ArgumentError "image.unknown", and what `propose` throws.
KRGBOOT_EXPORT Proposal propose_image(const Cluster& cluster, const Root& root, std::string_view name,
                                      bool adopt = false);

}  // namespace krgboot
