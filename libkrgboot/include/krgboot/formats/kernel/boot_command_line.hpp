#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/model/server_view.hpp"

namespace krgboot {

/// The NFS root of a boot entry: the path of its image on the boot server. Without an initrd it has the
/// options nfsvers=3 and tcp, because the kernel's own defaults (`fs/nfs/nfsroot.c`: NFSv2, up to 5.x over
/// UDP) are not supported by current servers; Linux 2.6 knows both options too. klibc's nfsmount and
/// mount.nfs have usable defaults.
KRGBOOT_EXPORT NfsRoot nfs_root_of(const ServerView& view, const BootEntry& entry);

/// The kernel command line of a boot entry for one node; `node` is nullptr for `pxelinux.cfg/default`. Order:
///
///     ip=dhcp  root (see nfs_root_parameters)  ro|rw  session_id= autonodeid= node_id= nb_nodes_min=
///     the entry's `append`  the node's `append`
///
/// The boot file adds initrd= and BOOTIF= for an entry with an initrd (loader/pxelinux/render.hpp).
/// Throws ArgumentError "nfs_root.syntax", "kerrighed.range", and those of KernelParameter::from_item and
/// KernelCommandLine::add for a word of `append`; a validated cluster causes no error for its `append`.
KRGBOOT_EXPORT KernelCommandLine render_command_line(const ServerView& view, const BootEntry& entry,
                                                     const Node* node);

}  // namespace krgboot
