#pragma once

#include "krgboot/services/step.hpp"

#include <vector>

namespace krgboot {

/// Adds a step for each finding. A file that is full of faults must not fill the screen: of many, the first
/// ones tell enough.
void say_all(std::vector<TraceStep>& steps, BootStage stage, const Diagnostics& findings);

}  // namespace krgboot
