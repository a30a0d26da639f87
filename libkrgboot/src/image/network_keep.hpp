#pragma once

#include <string_view>

namespace krgboot {

// Configuration files that make an image's network services leave the card alone that carries the NFS root.

/// A drop-in file for a .network file: systemd-networkd never removes the card's addresses and routes, not
/// even after the lease has expired (KeepConfiguration= of systemd.network(5)). networkd does so by itself
/// only if the root is NFS, not if it is an overlay over NFS.
std::string_view networkd_keep() noexcept;

/// A drop-in file for networking.service and ifup@.service: ifup(8) treats cards that already have an address
/// as configured, and ifdown(8) is not run at shutdown. Otherwise dhclient requests the address that the card
/// already has, fails to set it, and declines it, again and again.
std::string_view ifupdown_keep() noexcept;

/// Lines of /etc/default/networking, which sysvinit's script reads as sh: they do the same for ifup. The
/// script's stop action checks by itself whether a network file system is mounted.
std::string_view ifupdown_exclude() noexcept;

/// Rules for udev(7): NetworkManager does not manage a wired card that is up when udev in the image first
/// sees it, before any service of the image runs (NM_UNMANAGED).
std::string_view network_manager_keep() noexcept;

}  // namespace krgboot
