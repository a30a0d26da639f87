#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/plan/render.hpp"
#include "krgboot/plan/snapshot.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// A plan held against a root: what is there, and what would change. Apply makes it so, as long as nobody
/// else has been there in between.
struct Proposal {
  Root root;        ///< with the images of the plan confined
  Release release;  ///< of the server: where the daemons' files lie
  Plan plan;
  Snapshot snapshot;
  Changes changes;
};

/// Renders `view` and compares the result with what lies under `root`. Writes nothing, unless a krgboot
/// command was killed there: then that is put right first (see Transaction::recover). Throws IoError,
/// ConflictError, CommandError.
KRGBOOT_EXPORT Proposal propose(const ServerView& view, const Root& root, const DiffOptions& options = {});

/// The same for a plan of a program's own, under a scope of its own; an empty one takes away all that the
/// scope has. `release`: of the server, whose commands reload services. Throws ArgumentError as `check_plan`
/// does.
KRGBOOT_EXPORT Proposal propose(Plan plan, const Root& root, const Release& release,
                                const DiffOptions& options = {});

/// What `verify` says: drift is any change that a plan would make now, any step that waits, or any finding.
struct Verification {
  Changes drift;
  bool clean() const noexcept { return drift.clean(); }
};
KRGBOOT_EXPORT Verification verify(const ServerView& view, const Root& root);

}  // namespace krgboot
