#pragma once

#include "krgboot/plan/plan.hpp"
#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// What a transaction's journal says must follow its commit, {"release": "bookworm", "reload":
/// ["nfs/kernel"]}: names of services, and the release whose table has their commands. No command is ever
/// written there or read from there. Empty: nothing follows.
std::string payload_of(ReleaseName release, const std::vector<Reload>& reloads);

/// The services that a payload names, each with the command of the release's table. An older krgboot wrote
/// [{"service": "dhcp", "argv": […]}, …]: that names the release whose command for the service this is, and
/// the command is the table's again. Throws ConflictError with `journal` as its path: "journal.foreign" where
/// it is no release's, "journal.newer" for a service or a release that is not known here, "journal.damaged".
std::vector<Reload> reloads_in(const std::string& payload, const std::string& journal);

/// Puts right what a killed command left under `root`, with the lock held: files all old or all new, services
/// reloaded where `root` is the running system's. Beneath any other root nothing is run, whatever its journal
/// says. Throws what Transaction::recover, `reloads_in` and `reload` do.
void recover_locked(const Root& root);

/// The same for a command that only reads: takes the lock only where there is something to put right.
void recover_if_needed(const Root& root);

}  // namespace krgboot
