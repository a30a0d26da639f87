#pragma once

#include "krgboot/apply/proposal.hpp"
#include "krgboot/export.hpp"

#include <string_view>

namespace krgboot {

/// The changes that `configure_image` would make to the files of the image `name`, and the steps that it
/// would run; the rest of `root` is left out. `adopt`: see DiffOptions. Writes nothing, except as `propose`
/// does. Throws ArgumentError "image.unknown" if the spec has no such image; what `propose` throws.
KRGBOOT_EXPORT Proposal propose_image(const Cluster& cluster, const Root& root, std::string_view name,
                                      bool adopt = false);

}  // namespace krgboot
