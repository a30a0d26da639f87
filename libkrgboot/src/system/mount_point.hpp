#pragma once

#include <string>

#include <sys/stat.h>

namespace krgboot {

/// statx(2) of `name` in `directory` (empty: of the descriptor itself), nothing followed and nothing mounted
/// on the way, with what `is_mount_point` wants to know. 0 or an errno.
int statx_at(int directory, const std::string& name, struct statx& status) noexcept;

/// Does another mount begin at `name` in `directory`, which is what `status` tells of? Device numbers do not
/// say: on overlayfs a file has that of its layer, and a subvolume of btrfs has one of its own. The kernel
/// does, by STATX_ATTR_MOUNT_ROOT since Linux 5.8; before, openat2(2) with RESOLVE_NO_XDEV is asked. Throws
/// IoError "stat"; `host_path` is for its message.
bool is_mount_point(int directory, const std::string& name, const struct statx& status,
                    const std::string& host_path);

}  // namespace krgboot
