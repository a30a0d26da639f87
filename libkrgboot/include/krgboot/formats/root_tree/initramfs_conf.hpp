#pragma once

#include "krgboot/export.hpp"

#include <string_view>

namespace krgboot::initramfs_conf {

/// /etc/initramfs-tools/conf.d/krgboot (initramfs.conf(5)): drivers of network cards instead of those of
/// disks, and the scripts that mount the root over NFS.
KRGBOOT_EXPORT std::string_view initramfs_tools() noexcept;

/// /etc/dracut.conf.d/krgboot.conf (dracut.conf(5)): the same. Not for this machine alone: the image is made
/// where it does not run.
KRGBOOT_EXPORT std::string_view dracut() noexcept;

}  // namespace krgboot::initramfs_conf
