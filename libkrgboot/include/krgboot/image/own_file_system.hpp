#pragma once

#include "krgboot/export.hpp"
#include "krgboot/image/bootstrap.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

struct OwnFileSystemReport {
  BootstrapReport bootstrap;
  bool mounted = false;  ///< at the image's path
  /// Why it lies in a plain directory instead, where `mounted` is false: in a staged tree, on a machine that
  /// cannot mount.
  std::string why_not;
};

/// Makes a file system, an image on it as `bootstrap` does, and mounts it at `target` (inside `root`) with
/// nosuid and nodev: as the unit does that krgboot writes. Set-user-ID bits and device nodes are on the disk,
/// and nodes decide for themselves.
///
/// The file is sparse, and of mode 0600. A volume is made where it is missing (lvcreate(8)); one in which
/// blkid(8) finds anything is refused. The directory above `target` is made with mode 0700; one that is there
/// must be the caller's alone. While it is made, the file system is mounted in there under a hidden name;
/// what a killed command left of that is removed by the next one.
///
/// In a staged tree a file system in a file is made and mounted, too, where this machine can: else the image
/// becomes a plain directory, and the report says why. Volumes are the host's: in a staged tree the image is
/// a plain directory.
///
/// Throws what `bootstrap` throws; ConflictError "staging.exists" where `target` holds something already,
/// "filesystem.exists" where the file or the volume does, "filesystem.parent_open", "filesystem.busy" where
/// another command works in the same directory; IoError; CommandError of mkfs, mount, lvcreate.
KRGBOOT_EXPORT OwnFileSystemReport bootstrap_on_own(const Root& root, const std::string& target,
                                                    const FileSystem& filesystem,
                                                    const BootstrapOptions& options = {});

/// The same in a plain directory, for a staged tree that is thrown away. Throws what `bootstrap` throws.
KRGBOOT_EXPORT BootstrapReport bootstrap_plain(const Root& root, const std::string& target,
                                               const BootstrapOptions& options = {});

}  // namespace krgboot
