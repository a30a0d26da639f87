#pragma once

#include "krgboot/services/step.hpp"

#include <vector>

namespace krgboot {

/// Adds a step for each finding. Of many findings only the first are added, so that a file full of faults
/// does not fill the screen.
void say_all(std::vector<TraceStep>& steps, BootStage stage, const Diagnostics& findings);

}  // namespace krgboot
