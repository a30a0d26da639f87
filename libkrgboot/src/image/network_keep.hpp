#pragma once

#include <string_view>

namespace krgboot {

// Files by which the network services of an image leave the card alone that carries the NFS root.

/// A drop-in file of a .network file: systemd-networkd never takes the card's addresses and routes away, not
/// even when their lease is over (KeepConfiguration= of systemd.network(5)). It does so by itself only where
/// the root is NFS, not where that lies beneath an overlay.
std::string_view networkd_keep() noexcept;

/// A drop-in file of networking.service and ifup@.service: ifup(8) takes cards that have an address already
/// for done, and ifdown(8) is not run while the machine goes down. Otherwise dhclient would ask for an
/// address that the card has, fail to set it, and decline it again and again.
std::string_view ifupdown_keep() noexcept;

/// Lines of /etc/default/networking, which sysvinit's script reads as sh: the like for ifup. Its stop asks by
/// itself whether a file system of the network is mounted.
std::string_view ifupdown_exclude() noexcept;

/// Rules of udev(7): NetworkManager does not manage a wired card that is up when udev first sees it in the
/// image, before any service of the image runs (NM_UNMANAGED).
std::string_view network_manager_keep() noexcept;

}  // namespace krgboot
