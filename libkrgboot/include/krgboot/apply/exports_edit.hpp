#pragma once

#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/export.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// How `edit_exports_table` writes.
struct ExportsEditOptions {
  /// Stage and check the file, then discard it: only krgboot's lock is written.
  bool dry_run = false;
  bool check = true;    ///< let exportfs check the staged file, if it is installed
  bool reload = false;  ///< run exportfs -ra afterwards; never for a staged tree
  LockOptions lock;
};

/// What `edit_exports_table` has done.
struct ExportsEditReport {
  std::string path;                   ///< of the table, inside the root
  std::optional<std::string> before;  ///< the old text; nullopt: the file did not exist
  std::string after;                  ///< the new text
  std::vector<DaemonCheck> checks;
  bool reloaded = false;
  bool dry_run = false;
  Diagnostics warnings;

  /// Do `before` and `after` differ?
  bool changed() const noexcept { return after != before.value_or(""); }
};
/// `{"path", "changed", "diff", "checks": [{"daemon", "ran", "detail"}], "reloaded", "dry_run", "warnings"}`
KRGBOOT_EXPORT std::string to_json(const ExportsEditReport& report);
/// The change as `diff -u` prints it; empty if nothing changed.
KRGBOOT_EXPORT std::string unified_diff(const ExportsEditReport& report);

/// Changes one exports table completely or not at all, under the lock and with the journal that `apply` uses.
/// `path` is the path of the table inside the root; `edit` gets its parsed content and changes it. Mode and
/// owner are kept; a missing file (0644) and its missing directory (0755) are made. If `edit` changes
/// nothing, the file is not touched and nothing is reloaded.
///
/// Throws what `edit` throws; CommandError "exportfs.check" if exportfs drops an entry of the new table but
/// none of the old one, "reload.failed" if the NFS server no longer exports what it should (the old file is
/// then put back and loaded again); ConflictError "lock.busy" and those of Transaction; IoError. After an
/// exception the file is as before. If exportfs refuses entries of the old table too, the report has the
/// warning "exports.refused_before"; "exports.not_read" warns of a path that exportfs does not read.
KRGBOOT_EXPORT ExportsEditReport edit_exports_table(const Root& root, const std::string& path,
                                                    const std::function<void(ExportsTable&)>& edit,
                                                    const ExportsEditOptions& options = {});

}  // namespace krgboot
