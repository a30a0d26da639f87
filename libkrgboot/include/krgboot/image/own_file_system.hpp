#pragma once

#include "krgboot/export.hpp"
#include "krgboot/image/bootstrap.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// What `bootstrap_on_own` has done.
struct OwnFileSystemReport {
  BootstrapReport bootstrap;
  bool mounted = false;  ///< the file system is mounted at the image's path
  /// Why the image is a plain directory, if `mounted` is false: a staged tree on a machine that cannot mount,
  /// or a volume.
  std::string why_not;
};

/// Makes a file system with an image on it, as `bootstrap` does, and mounts it at `target` (a path inside
/// `root`) with nosuid and nodev, like the mount unit that krgboot writes. Set-user-ID bits and device nodes
/// are stored in it; nodes decide themselves whether to honour them.
///
/// A file system in a file is sparse and has mode 0600. A missing volume is made with lvcreate(8); a volume
/// in which blkid(8) finds any signature is refused. The parent directory of `target` is made with mode 0700;
/// an existing one must belong to the caller and be closed to others. During the work the file system is
/// mounted in it under a hidden name; the next call removes what a killed one left there.
///
/// In a staged tree a file system in a file is made and mounted too, if this machine can mount; otherwise,
/// and always for a volume, the image becomes a plain directory, and the report says why.
///
/// Throws what `bootstrap` throws; ConflictError "staging.exists" if `target` is not empty,
/// "filesystem.exists" if the file exists or the volume holds data, "filesystem.parent_open" if others can
/// use the parent directory, "filesystem.busy" if another command works in it; IoError; CommandError of mkfs,
/// mount and lvcreate.
KRGBOOT_EXPORT OwnFileSystemReport bootstrap_on_own(const Root& root, const std::string& target,
                                                    const FileSystem& filesystem,
                                                    const BootstrapOptions& options = {});

/// Makes the image in a plain directory whose missing parent gets mode 0700, for a staged tree that is
/// discarded later. Throws what `bootstrap` throws.
KRGBOOT_EXPORT BootstrapReport bootstrap_plain(const Root& root, const std::string& target,
                                               const BootstrapOptions& options = {});

}  // namespace krgboot
