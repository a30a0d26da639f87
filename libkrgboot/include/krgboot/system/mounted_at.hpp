#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

namespace krgboot {

/// Which mounted file system a directory lies on.
struct MountedAt {
  /// The kernel's number of the file system, "8:1": the same wherever and however often it is mounted, so
  /// that a directory that is bound somewhere else still counts to it. Subvolumes of one btrfs have the same.
  std::string file_system;
  /// Is the directory the root of that file system, with nothing of it outside? Not so for a directory or
  /// subvolume that is mounted by itself: handles (open_by_handle_at(2), nfsd) know no such border.
  bool is_its_root = false;
  /// Does a mount begin at the directory? Also where that shows a part of a file system only, or one that its
  /// parent lies on, too.
  bool is_mount_point = false;
  bool nosuid = false;
  bool nodev = false;
  std::string type;        ///< "ext4"; empty where the kernel does not tell
  std::string options;     ///< of the file system, not of this mount: "rw,lowerdir=…"; empty likewise
  bool has_number = true;  ///< it lies on a device, or has a number of its own (f_fsid of statfs(2))
};

/// nullopt where there is no such directory; a symlink is followed, within `root`. By the mount that an open
/// descriptor is on (mnt_id in /proc/PID/fdinfo) and by /proc/self/mountinfo (proc(5)), never by device
/// numbers, which overlayfs and btrfs give to single files. Throws IoError.
KRGBOOT_EXPORT std::optional<MountedAt> mounted_at(const Root& root, const std::string& path);

}  // namespace krgboot
