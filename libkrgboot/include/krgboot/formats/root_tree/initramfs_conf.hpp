#pragma once

#include "krgboot/export.hpp"

#include <string_view>

namespace krgboot::initramfs_conf {

/// Text of an image's /etc/initramfs-tools/conf.d/krgboot (initramfs.conf(5)): includes drivers of network
/// cards instead of disks, and mounts the root over NFS.
KRGBOOT_EXPORT std::string_view initramfs_tools() noexcept;

/// Text of an image's /etc/dracut.conf.d/krgboot.conf (dracut.conf(5)): includes the module nfs, and drivers
/// for any machine (hostonly=no), because the image is built on another machine than it runs on.
KRGBOOT_EXPORT std::string_view dracut() noexcept;

}  // namespace krgboot::initramfs_conf
