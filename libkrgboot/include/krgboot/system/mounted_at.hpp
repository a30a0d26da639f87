#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

namespace krgboot {

/// The mounted file system on which a directory lies.
struct MountedAt {
  /// The kernel's number of the file system, such as "8:1". It is the same for all its mounts, including bind
  /// mounts, and for all subvolumes of one btrfs.
  std::string file_system;
  /// Is the directory the root of that file system, so that nothing of it lies outside? False for a directory
  /// or subvolume that is mounted separately, because file handles (open_by_handle_at(2), nfsd) reach beyond
  /// it.
  bool is_its_root = false;
  /// Is the directory a mount point? True also for a bind mount, and for a mount of the file system of its
  /// parent.
  bool is_mount_point = false;
  bool nosuid = false;
  bool nodev = false;
  std::string type;     ///< "ext4"; empty if unknown
  std::string options;  ///< options of the file system, not of this mount: "rw,lowerdir=…"; empty if unknown
  /// The file system lies on a device or has a number of its own (f_fsid of statfs(2)).
  bool has_number = true;
};

/// Describes the file system of a directory, given as a path inside `root`; symlinks are followed within the
/// root. nullopt if there is no such directory. The mount is identified by an open descriptor (mnt_id in
/// /proc/PID/fdinfo) and /proc/self/mountinfo (proc(5)), never by device numbers, which differ between files
/// on overlayfs and btrfs. Throws IoError.
KRGBOOT_EXPORT std::optional<MountedAt> mounted_at(const Root& root, const std::string& path);

}  // namespace krgboot
