#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/image/progress.hpp"
#include "krgboot/image/tree_entry.hpp"
#include "krgboot/system/root.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace krgboot {

/// Directories that a running system fills with file systems of its own: "proc", "sys", "run", "dev/pts",
/// "dev/shm", "dev/mqueue", "dev/hugepages". They are kept themselves; what is in them is not part of an
/// image.
const std::vector<std::string>& api_file_systems();

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
/// followed: no symlink, no mount. What lies on other file systems is left out, their mount points are kept.
/// Files are read by several threads. Throws IoError, ArchiveError "tree.changed".
ScanReport scan(const Root& tree, const std::function<void(const TreeEntry&)>& on_entry,
                const ScanOptions& options = {});

}  // namespace krgboot
