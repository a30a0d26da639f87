#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/plan/plan.hpp"
#include "krgboot/services/server_state.hpp"

namespace krgboot {

/// Makes the plan of the boot server described by `view`. Accesses no file, and is deterministic: the same
/// cluster and state give the same plan, byte for byte. docs/formats.md lists the files and their owners.
KRGBOOT_EXPORT Plan render(const ServerView& view, const ServerState& state = {});

}  // namespace krgboot
