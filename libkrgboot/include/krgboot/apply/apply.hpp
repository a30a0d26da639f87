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

/// What `apply` may do.
struct ApplyOptions {
  bool adopt = false;          ///< take over foreign files at paths that krgboot needs
  bool allow_missing = false;  ///< write even if an image, kernel or loader is missing
  /// Allow boot entries with a Kerrighed kernel although the installed boot files do not yet boot that image
  /// without Kerrighed.
  bool kerrighed_at_once = false;
  /// Leave an image whose content cannot be read or written completely unchanged, and do everything else; the
  /// report's warnings name the fault. Only used if `apply` gets a ServerView: a Proposal is complete.
  bool skip_bad_images = false;
  bool check = true;   ///< run the daemons' own checks on the staged files, if the daemons are installed
  bool reload = true;  ///< reload services; a staged tree never reloads any
  /// Stage the files, run the daemons' checks and discard the files: only krgboot's lock is written, and no
  /// service is reloaded. What would stop `apply` is reported in `stopped_by` instead of thrown, except a
  /// cancellation.
  bool dry_run = false;
  LockOptions lock;
  /// Called for every step: `done` of `total` files are staged, `what` is the current path or action. If it
  /// returns false before the commit, everything stays unchanged and `apply` throws ConflictError
  /// "apply.cancelled".
  std::function<bool(std::size_t done, std::size_t total, std::string_view what)> on_progress;
};

/// Result of one daemon's own check.
struct DaemonCheck {
  std::string daemon;  ///< name of the program
  bool ran = false;    ///< false: `detail` says why not
  std::string detail;  ///< why it did not run, or what it accepted
};

/// What `apply` has done.
struct ApplyReport {
  Changes changes;  ///< the changes made
  std::vector<DaemonCheck> checks;
  std::vector<ServiceName> reloaded;
  Diagnostics warnings;
  bool dry_run = false;         ///< nothing was written; the other fields tell what would have been done
  Diagnostics stopped_by = {};  ///< of a dry run: what would stop `apply`; otherwise empty
};
/// The report as JSON: the fields of Changes ("changes", "reloads", "findings", ...), then "checks",
/// "reloaded", "warnings", "dry_run", "stopped_by".
KRGBOOT_EXPORT std::string to_json(const ApplyReport& report);

/// Writes all changes of a proposal, or none: takes the lock, checks that nothing has changed since the
/// proposal, stages the files, runs the daemons' checks, commits by a journal and reloads the services. A
/// transaction left by a killed process is completed or undone first (Transaction::recover). If a service
/// fails to reload, the old files are put back.
///
/// Throws ConflictError "plan.stale" if something has changed since the proposal was made; the code of the
/// first finding that prevents writing; "image.unwritable" and the codes of Transaction if a file in an image
/// cannot be written and the image is not skipped; "apply.cancelled"; what Lock, `read_manifest` and
/// Transaction::recover throw. CommandError "PROGRAM.check" if a daemon refuses the staged files,
/// "reload.failed" if a service did not start again and the old files were put back. ConflictError
/// "PROGRAM.refused_before" if a daemon refuses the existing files too. IoError.
KRGBOOT_EXPORT ApplyReport apply(const Proposal& proposal, const ApplyOptions& options = {});

/// Proposes and applies under one lock, so concurrent calls run one after another and "plan.stale" does not
/// occur. Throws as above, and what `propose` throws.
KRGBOOT_EXPORT ApplyReport apply(const ServerView& view, const Root& root, const ApplyOptions& options = {});

}  // namespace krgboot
