#pragma once

#include "krgboot/export.hpp"

#include <string_view>

namespace krgboot::node_name {

/// Text of an image's /etc/init.d/krgboot-hostname, a script for every init system and any /bin/sh. It sets
/// the host name of a node at boot, because nodes that share an image have no /etc/hostname. The first of
/// these sources with a name counts:
///
/// 1. the reply of DHCP to the initramfs (HOSTNAME in `/run/net-DEVICE.conf` of initramfs-tools);
/// 2. the current host name: from the DHCP of the kernel itself (ip=dhcp), from dracut, or set by hand;
/// 3. /etc/hosts, by one of the node's addresses.
KRGBOOT_EXPORT std::string_view script() noexcept;

/// Text of an image's /etc/systemd/system/krgboot-hostname.service, which runs the script before
/// sysinit.target.
KRGBOOT_EXPORT std::string_view unit() noexcept;

}  // namespace krgboot::node_name
