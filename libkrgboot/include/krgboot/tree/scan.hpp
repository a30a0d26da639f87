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

/// Directories that a running system fills with file systems of its own: "proc", "sys", "run", "dev/pts",
/// "dev/shm", "dev/mqueue", "dev/hugepages". They are kept themselves; what is in them is not part of an
/// image.
KRGBOOT_EXPORT const std::vector<std::string>& api_file_systems();

/// What to do about a file that vanishes, shrinks, grows or changes while it is read.
enum class WhenChanged {
  fail,  ///< ArchiveError "tree.changed", naming it
  warn,  ///< go on with what was read; it is named in the report's warnings
};

/// What the readers of trees share.
struct ScanOptions {
  bool digests = true;  ///< SHA-256 of every regular file
  std::vector<std::string> without_contents =
      api_file_systems();  ///< directories whose contents are left out
  WhenChanged when_changed = WhenChanged::fail;
  /// What is left out and is neither a directory nor a socket, that is a file that is mounted by itself, is
  /// named in the report's warnings; else it is ArchiveError "tree.left_out" with all names, up to 20.
  bool allow_loss = true;
  unsigned threads = 0;  ///< 0: as many as there are processors
  ProgressCallback progress;
};

struct ScanReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  Diagnostics warnings;  ///< files that changed, and mount points and sockets that were left out
  bool cancelled = false;
};

/// Calls `on_entry`, in this thread, for everything in the tree in the order of the tree. Nothing is
/// followed: no symlink, no mount. What is mounted in the tree is left out; directories that are mounted upon
/// are kept, empty. Where a mount begins is what the kernel says (statx(2), STATX_ATTR_MOUNT_ROOT), not what
/// device numbers look like: an overlay's files, and subvolumes, are part of the tree. Files are read by
/// several threads. Throws IoError, ArchiveError "tree.changed", "tree.left_out".
KRGBOOT_EXPORT ScanReport scan(const Root& tree, const std::function<void(const TreeEntry&)>& on_entry,
                               const ScanOptions& options = {});

}  // namespace krgboot
