#pragma once

#include "krgboot/export.hpp"

#include <string_view>

namespace krgboot::node_name {

/// /etc/init.d/krgboot-hostname: gives a node its host name when it starts, since nodes that share an image
/// have no /etc/hostname. For every init system and /bin/sh. The first of these that names it:
///
///   1. what DHCP told the initramfs (HOSTNAME in /run/net-DEVICE.conf of initramfs-tools);
///   2. the name that it has already: from the DHCP of the kernel itself (ip=dhcp), from dracut, or by hand;
///   3. /etc/hosts, by one of its addresses.
KRGBOOT_EXPORT std::string_view script() noexcept;

/// /etc/systemd/system/krgboot-hostname.service, wanted by sysinit.target.
KRGBOOT_EXPORT std::string_view unit() noexcept;

}  // namespace krgboot::node_name
