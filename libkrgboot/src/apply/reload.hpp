#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/plan/plan.hpp"

namespace krgboot {

/// Makes one service take up its files. Returns warnings; throws CommandError "reload.failed" where it did
/// not.
Diagnostics reload(const ReloadService& service);

}  // namespace krgboot
