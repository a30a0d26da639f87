#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

struct ImageStepsSeen {
  std::vector<PendingStep> pending;
  Diagnostics faults;  ///< what kept some of them from being looked at
};

/// What waits of `steps`, all of the image at `image`, a path as seen in `root`. Nothing where it is not
/// there.
ImageStepsSeen look_at_image_steps(const Root& root, const std::string& image,
                                   const std::vector<ImageStep>& steps);

}  // namespace krgboot
