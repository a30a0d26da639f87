#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/model/server_view.hpp"

namespace krgboot {

/// The root that a boot entry mounts: the image's path on the boot server. A kernel that mounts it by itself
/// is told nfsvers=3 and tcp, since its own defaults (fs/nfs/nfsroot.c: NFS v2, up to 5.x over UDP) are what
/// today's servers no longer speak; both words are known to 2.6 as well. klibc's nfsmount and mount.nfs
/// default to versions that servers speak.
KRGBOOT_EXPORT NfsRoot nfs_root_of(const ServerView& view, const BootEntry& entry);

/// The command line that a boot entry gives to a machine; `node` is nullptr for pxelinux.cfg/default. Order:
///
///   ip=dhcp  root (see nfs_root_parameters)  ro|rw  session_id= autonodeid= node_id= nb_nodes_min=
///   the entry's `append`  the node's `append`
///
/// The loader adds initrd= and, where there is an initrd, BOOTIF=: see loader/pxelinux/render.hpp. Throws
/// ArgumentError where a word cannot be carried (see KernelParameter::from_item and problem_with); validation
/// lets none of these through.
KRGBOOT_EXPORT KernelCommandLine render_command_line(const ServerView& view, const BootEntry& entry,
                                                     const Node* node);

}  // namespace krgboot
