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

struct ExportsEditOptions {
  /// Stage and check, then throw the staged file away: nothing is written but krgboot's lock.
  bool dry_run = false;
  bool check = true;    ///< let exportfs check the staged file, where it is installed
  bool reload = false;  ///< let the NFS server take the table up (exportfs -ra); never on a staged tree
  LockOptions lock;
};

struct ExportsEditReport {
  std::string path;                   ///< of the table, as seen inside the root
  std::optional<std::string> before;  ///< nullopt: there was no such file
  std::string after;                  ///< the text that is there now, or would be
  std::vector<DaemonCheck> checks;
  bool reloaded = false;
  bool dry_run = false;
  Diagnostics warnings;

  bool changed() const noexcept { return after != before.value_or(""); }
};
/// {"path", "changed", "diff", "checks": [{"daemon", "ran", "detail"}], "reloaded", "dry_run", "warnings"}
KRGBOOT_EXPORT std::string to_json(const ExportsEditReport& report);
/// The change as `diff -u` shows it; empty where nothing changed.
KRGBOOT_EXPORT std::string unified_diff(const ExportsEditReport& report);

/// Changes one table, all or nothing, under the lock and by the journal that apply uses; mode and owner are
/// kept, a missing file and the directory around it are made (0644, 0755). Where `edit` changes nothing, the
/// file is not touched and nothing is reloaded.
///
/// Throws what `edit` throws; CommandError "exportfs.check" where exportfs drops an entry of the new table
/// and took all of the old one, and "reload.failed" where the NFS server no longer exports what it should:
/// then the old file is put back and loaded again; ConflictError "lock.busy" and those of Transaction;
/// IoError. The file is then as it was. Where exportfs refuses entries of the old table, too, that is a
/// warning, "exports.refused_before".
KRGBOOT_EXPORT ExportsEditReport edit_exports_table(const Root& root, const std::string& path,
                                                    const std::function<void(ExportsTable&)>& edit,
                                                    const ExportsEditOptions& options = {});

}  // namespace krgboot
