#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/plan/plan.hpp"

#include <string>

namespace krgboot {

/// Makes one service take up its files. Throws CommandError "reload.failed" where its command says that it
/// did not. What the command said.
std::string reload(const Reload& service);

/// What exportfs said, a warning for each complaint: it fails for any fault in any table, and has exported
/// all else then.
Diagnostics exportfs_warnings(const std::string& output);

}  // namespace krgboot
