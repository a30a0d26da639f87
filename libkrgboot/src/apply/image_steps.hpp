#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

struct ImageStepsSeen {
  std::vector<PendingStep> pending;
  Diagnostics faults;  ///< errors that prevented checks of steps
};

/// The pending ones of `steps`, all of the image at `image` (a path as seen in `root`). Empty if the image
/// does not exist.
ImageStepsSeen look_at_image_steps(const Root& root, const std::string& image,
                                   const std::vector<ImageStep>& steps);

}  // namespace krgboot
