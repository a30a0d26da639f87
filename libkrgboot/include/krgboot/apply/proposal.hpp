#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/plan/render.hpp"
#include "krgboot/plan/snapshot.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// A plan compared with a root. `apply` carries it out as long as nothing in the root has changed in between.
struct Proposal {
  Root root;        ///< with the images of the plan confined
  Release release;  ///< of the server; it determines the paths of the daemons' files
  Plan plan;
  Snapshot snapshot;
  Changes changes;
};

/// Renders `view` and compares the result with `root`. Writes nothing, unless a krgboot command was killed
/// there: then its transaction is completed or undone first (Transaction::recover). Throws IoError;
/// ConflictError as `read_manifest`, Lock and Transaction::recover do; CommandError "reload.failed" if the
/// recovery cannot reload a service.
KRGBOOT_EXPORT Proposal propose(const ServerView& view, const Root& root, const DiffOptions& options = {});

/// Compares a plan of another program, with a scope of its own, with `root`. An empty plan removes everything
/// that the scope owns. `release` is that of the server; it determines the commands that reload services.
/// Throws as above, and ArgumentError as `check_plan` does.
KRGBOOT_EXPORT Proposal propose(Plan plan, const Root& root, const Release& release,
                                const DiffOptions& options = {});

/// Result of `verify`: the differences between server and plan.
struct Verification {
  Changes drift;
  /// Is there no change, finding or pending step?
  bool clean() const noexcept { return drift.clean(); }
};
/// Compares the server with the plan of `view`. Throws as `propose` does.
KRGBOOT_EXPORT Verification verify(const ServerView& view, const Root& root);

}  // namespace krgboot
