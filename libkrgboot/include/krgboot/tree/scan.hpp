#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/tree/entry.hpp"
#include "krgboot/tree/progress.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace krgboot {

/// Directories on which a running system mounts file systems of the kernel or in memory: "proc", "sys",
/// "run", "dev/pts", "dev/shm", "dev/mqueue", "dev/hugepages". An image holds these directories, but not
/// their contents.
KRGBOOT_EXPORT const std::vector<std::string>& api_file_systems();

/// What to do if a file vanishes or changes while it is read.
enum class WhenChanged {
  fail,  ///< ArchiveError "tree.changed" with its path
  warn,  ///< continue with the data read; the report's warnings name the file
};

/// Options common to all functions that read a tree.
struct ScanOptions {
  bool digests = true;  ///< compute the SHA-256 of every regular file
  std::vector<std::string> without_contents =
      api_file_systems();  ///< directories whose contents are left out, relative to the tree
  WhenChanged when_changed = WhenChanged::fail;
  /// Files on which something is mounted are left out, and the report's warnings name them; if false:
  /// ArchiveError "tree.left_out", which names up to 20 of them. Directories and sockets are not concerned.
  bool allow_loss = true;
  unsigned threads = 0;  ///< 0: one for each processor
  ProgressCallback progress;
};

/// What `scan` has read.
struct ScanReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of regular files
  Diagnostics warnings;     ///< files that changed, and mount points and sockets that were left out
  bool cancelled = false;   ///< `progress` returned false
};

/// Calls `on_entry` for every entry of the tree, in the caller's thread and in the order of
/// `compare_tree_paths`. Symlinks are not followed. Other file systems mounted in the tree are left out; a
/// directory that is a mount point is kept as an empty directory. Mount points are found by statx(2)
/// (STATX_ATTR_MOUNT_ROOT), not by device numbers, so the files of an overlay and btrfs subvolumes belong to
/// the tree. Several threads read the files.
///
/// Throws IoError; ArchiveError "tree.changed", "tree.left_out"; what `on_entry` throws.
KRGBOOT_EXPORT ScanReport scan(const Root& tree, const std::function<void(const TreeEntry&)>& on_entry,
                               const ScanOptions& options = {});

}  // namespace krgboot
