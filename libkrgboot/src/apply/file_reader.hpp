#pragma once

#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/system/root.hpp"

#include "services/service.hpp"

namespace krgboot {

/// Reads files beneath `root` in their future state: `staged` gives the current path of each. Must not
/// outlive `root`.
FileReader reader_of(const Root& root, StagedPath staged);

}  // namespace krgboot
