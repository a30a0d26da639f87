#pragma once

#include "krgboot/plan/plan.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// What a transaction's journal says must follow its commit: the services to reload.
std::string payload_of(const std::vector<ReloadService>& reloads);
std::vector<ReloadService> reloads_in(const std::string& payload);

/// Puts right what a killed command left under `root`, with the lock held: files all old or all new, services
/// reloaded.
void recover_locked(const Root& root);

/// The same for a command that only reads: takes the lock only where there is something to put right.
void recover_if_needed(const Root& root);

}  // namespace krgboot
