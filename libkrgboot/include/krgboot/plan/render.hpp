#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/plan/plan.hpp"
#include "krgboot/services/server_state.hpp"

namespace krgboot {

/// Everything that the boot server of `view` needs, as data. Pure and deterministic: the same cluster and
/// state give the same plan to the byte. docs/formats.md says what lies where, and whose it is.
KRGBOOT_EXPORT Plan render(const ServerView& view, const ServerState& state = {});

}  // namespace krgboot
