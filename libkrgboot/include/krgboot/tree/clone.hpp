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

struct CloneOptions {
  std::vector<std::string> without_contents = api_file_systems();  ///< see ScanOptions
  WhenChanged when_changed = WhenChanged::fail;
  bool replace = false;     ///< see RestoreOptions
  bool durable = true;      ///< see RestoreOptions
  bool allow_loss = false;  ///< see RestoreOptions and ScanOptions
  unsigned threads = 0;     ///< 0: as many as there are processors
  ProgressCallback progress;
};

struct CloneReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;         ///< of regular files, holes counted
  std::uint64_t shared_bytes = 0;  ///< of them those whose blocks both trees share (FICLONE)
  Diagnostics warnings;            ///< see ScanReport
  bool cancelled = false;          ///< nothing was made
};

/// Makes the directory `target` inside `root` a copy of `tree` with all that an archive keeps. Blocks are
/// shared where the file system can (btrfs, XFS), else copied within the kernel (copy_file_range(2)), else
/// through memory. Made beside `target` and published by one rename, as `restore` does. Throws what `scan`
/// throws; ConflictError "staging.exists"; ArgumentError "clone.into_itself" where `target` lies within
/// `tree`.
KRGBOOT_EXPORT CloneReport clone(const Root& tree, const Root& root, const std::string& target,
                                 const CloneOptions& options = {});

}  // namespace krgboot
