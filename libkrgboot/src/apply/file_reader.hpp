#pragma once

#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/system/root.hpp"

#include "services/service.hpp"

namespace krgboot {

/// Reads files beneath `root` as they will be: `staged` tells where each lies now. Must not outlive `root`.
FileReader reader_of(const Root& root, StagedPath staged);

}  // namespace krgboot
