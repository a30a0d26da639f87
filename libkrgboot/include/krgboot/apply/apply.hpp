#pragma once

#include "krgboot/apply/proposal.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/lock.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

struct ApplyOptions {
  bool adopt = false;          ///< take over foreign files that lie where ours belong
  bool allow_missing = false;  ///< write even where an image, kernel or loader is not there yet
  /// Let machines boot a Kerrighed kernel though they do not yet boot its image without Kerrighed.
  bool kerrighed_at_once = false;
  /// An image that cannot be read or written for what lies in it stays as it is, whole, and all else is made;
  /// what is wrong with it is among the report's warnings. Only where a cluster is given: a proposal is
  /// complete.
  bool skip_bad_images = false;
  bool check = true;   ///< let the daemons check the staged files, where they are installed
  bool reload = true;  ///< reload services; never on a staged tree
  /// Stage, let the daemons check, and throw the staged files away: nothing is written but krgboot's lock,
  /// and no service is reloaded. What would keep apply from writing is in the report, and is not thrown.
  bool dry_run = false;
  LockOptions lock;
  /// Told of every step: how many of `total` files are staged, and what is going on now. False cancels:
  /// everything stays as it was, and apply throws ConflictError "apply.cancelled".
  std::function<bool(std::size_t done, std::size_t total, std::string_view what)> on_progress;
};

/// What one of the daemons' own checks said.
struct DaemonCheck {
  std::string daemon;  ///< the program that was asked
  bool ran = false;
  std::string detail;  ///< the program's version of why not, or what it counted
};

struct ApplyReport {
  Changes changes;  ///< what was done
  std::vector<DaemonCheck> checks;
  std::vector<ServiceName> reloaded;
  Diagnostics warnings;
  bool dry_run = false;         ///< nothing was written: the rest tells what would have been done
  Diagnostics stopped_by = {};  ///< of a dry run: what would keep apply from writing
};
/// {"changes", "reloads", "findings", "checks", "reloaded", "warnings", "dry_run", "stopped_by"}
KRGBOOT_EXPORT std::string to_json(const ApplyReport& report);

/// All or nothing: lock, look again, stage, check, journal, commit, reload. Everything old stays where
/// anything fails. Throws ConflictError: "plan.stale" where something changed since the plan was made, or the
/// code of the first finding that is in the way; "image.unwritable" and the codes of Transaction where an
/// image does not take what is written into it, unless it is skipped; CommandError where a daemon refuses the
/// staged files
/// ("PROGRAM.check"), or where a service did not come up again and the old files were put
/// back ("reload.failed"); IoError.
KRGBOOT_EXPORT ApplyReport apply(const Proposal& proposal, const ApplyOptions& options = {});

/// Plans and applies under one lock, so that several at once are serialised and none finds its plan stale.
KRGBOOT_EXPORT ApplyReport apply(const ServerView& view, const Root& root, const ApplyOptions& options = {});

}  // namespace krgboot
