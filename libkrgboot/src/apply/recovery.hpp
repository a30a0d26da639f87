#pragma once

#include "krgboot/plan/plan.hpp"
#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// The payload for a transaction's journal, with the work to do after its commit: {"release": "bookworm",
/// "reload": ["nfs/kernel"]}, names of services, and the release whose table has their commands. A journal
/// never contains commands. Empty: no work.
std::string payload_of(ReleaseName release, const std::vector<Reload>& reloads);

/// The services that a payload names, each with its command from the release's table. An older krgboot wrote
/// [{"service": "dhcp", "argv": [...]}, ...]: argv then only identifies the release with this command for the
/// service, and the command is again taken from the table. Throws ConflictError with `journal` as its path:
/// "journal.foreign" if no release has this command, "journal.newer" for an unknown service or release,
/// "journal.damaged".
std::vector<Reload> reloads_in(const std::string& payload, const std::string& journal);

/// Recovers from a killed command under `root`, with the lock held: files become all old or all new, and
/// services are reloaded if `root` is the running system. Beneath any other root no command is run,
/// regardless of the journal. Throws the errors of Transaction::recover, `reloads_in` and `reload`.
void recover_locked(const Root& root);

/// The same for commands that only read: takes the lock only if a recovery is needed.
void recover_if_needed(const Root& root);

}  // namespace krgboot
