#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/plan/plan.hpp"

#include <string>

namespace krgboot {

/// Makes one service reload its files. Returns the output of the command. Throws CommandError "reload.failed"
/// if the command fails.
std::string reload(const Reload& service);

/// A warning for each complaint of exportfs: it fails for any fault in any table, but exports all other
/// entries.
Diagnostics exportfs_warnings(const std::string& output);

}  // namespace krgboot
