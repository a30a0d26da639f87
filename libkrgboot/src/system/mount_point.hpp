#pragma once

#include <string>

#include <sys/stat.h>

namespace krgboot {

/// statx(2) of `name` in `directory` (empty: of the descriptor itself), with the fields for `is_mount_point`.
/// Follows no symlink and triggers no automount. Returns 0 or an errno.
int statx_at(int directory, const std::string& name, struct statx& status) noexcept;

/// Is `name` in `directory`, which has this `status`, a mount point? Device numbers do not tell: on overlayfs
/// a file has the number of its layer, and a btrfs subvolume has its own. The kernel tells by
/// STATX_ATTR_MOUNT_ROOT since Linux 5.8; on older kernels by openat2(2) with RESOLVE_NO_XDEV. Throws IoError
/// "stat"; `host_path` is for its message.
bool is_mount_point(int directory, const std::string& name, const struct statx& status,
                    const std::string& host_path);

}  // namespace krgboot
