#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/tree/progress.hpp"
#include "krgboot/tree/scan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace krgboot {

/// How `clone` reads and writes.
struct CloneOptions {
  std::vector<std::string> without_contents = api_file_systems();  ///< see ScanOptions
  WhenChanged when_changed = WhenChanged::fail;
  bool replace = false;     ///< see RestoreOptions
  bool durable = true;      ///< see RestoreOptions
  bool allow_loss = false;  ///< see RestoreOptions and ScanOptions
  unsigned threads = 0;     ///< 0: one for each processor
  ProgressCallback progress;
};

/// What `clone` has done.
struct CloneReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;         ///< of regular files, including holes
  std::uint64_t shared_bytes = 0;  ///< those of `bytes` whose blocks both trees share (FICLONE)
  Diagnostics warnings;            ///< see ScanReport
  bool cancelled = false;          ///< `progress` returned false; nothing was made
};

/// Copies `tree` to the directory `target`, a path inside `root` whose parent exists. The copy keeps
/// everything that an archive keeps. Blocks are shared if the file system supports it (btrfs, XFS), otherwise
/// copied inside the kernel (copy_file_range(2)), otherwise copied through memory. Like `restore`, it makes
/// the copy beside `target` and publishes it by one rename.
///
/// Throws what `scan` throws; ConflictError "staging.exists" if `target` exists and `replace` is false,
/// "staging.busy"; ArgumentError "clone.into_itself" if `target` lies within `tree`; IoError.
KRGBOOT_EXPORT CloneReport clone(const Root& tree, const Root& root, const std::string& target,
                                 const CloneOptions& options = {});

}  // namespace krgboot
