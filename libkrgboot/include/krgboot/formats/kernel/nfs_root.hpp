#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/model/spec.hpp"
#include "krgboot/net/ipv4.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// A root file system over NFS, whoever mounts it.
struct NfsRoot {
  std::optional<Ipv4Address> server;  ///< nullopt: the one that DHCP names
  std::string path;                   ///< empty: DHCP's root-path option
  std::vector<std::string> options;   ///< mount options, "nfsvers=3"; without ro and rw
  friend bool operator==(const NfsRoot&, const NfsRoot&) = default;
};

/// Can that consumer's syntax carry `root`? nullopt: yes; else what is wrong, for a message. All of them need
/// an absolute path of printable ASCII characters without blanks, '"' and ',' (none unquotes; the comma
/// begins the options); the kernel and dracut put the client's name in place of "%s", and the kernel holds
/// 255 characters; dracut ends the path at ':'.
KRGBOOT_EXPORT std::optional<std::string> problem_with(const NfsRoot& root, Initramfs consumer);

/// The parameters by which `consumer` learns of `root`:
///
///   none (the kernel itself)  root=/dev/nfs nfsroot=[SERVER:]PATH[,OPTIONS]   Documentation, nfsroot.rst
///   initramfs_tools           boot=nfs root=/dev/nfs nfsroot=[SERVER:]PATH[,OPTIONS]       scripts/nfs
///   dracut                    root=nfs:[SERVER:]PATH[:OPTIONS]                     95nfs/nfs-lib.sh
///
/// Throws ArgumentError "nfs_root.syntax" where problem_with() finds one.
KRGBOOT_EXPORT std::vector<KernelParameter> nfs_root_parameters(const NfsRoot& root, Initramfs consumer);

/// What a command line says about a root over NFS.
struct NfsRootReading {
  Initramfs consumer;           ///< whose syntax it is
  std::optional<NfsRoot> root;  ///< nullopt where it cannot be read
  std::string problem;          ///< why not
};

/// The inverse. nullopt: the command line asks for no root over NFS. As for the consumers, the last `root=`
/// and the last `nfsroot=` count. dracut's `nfs4:` is read as the option vers=4, the kernel's `nfsroot=NAME`
/// as its /tftpboot/NAME.
///
/// `initrd`: whose /init starts (`none`: there is none). initramfs-tools and dracut take the kernel's form as
/// well. nullopt: nobody knows, and the form tells who is meant: with boot=nfs it is initramfs-tools.
KRGBOOT_EXPORT std::optional<NfsRootReading> find_nfs_root(const KernelCommandLine& line,
                                                           std::optional<Initramfs> initrd = std::nullopt);

/// DHCP's root-path option (17), as that consumer reads it: [SERVER:]PATH[,OPTIONS] for the kernel,
/// [SERVER:]PATH for initramfs-tools, for dracut also nfs[4]:[SERVER:]PATH[:OPTIONS].
KRGBOOT_EXPORT NfsRootReading read_root_path(Initramfs consumer, std::string_view value);

/// The version, 2, 3 or 4, that the last of these mount options asks for ("vers=4.2", "nfsvers=3", "v3").
KRGBOOT_EXPORT std::optional<int> nfs_version_among(const std::vector<std::string>& options);

/// The version by which a root that could be read is mounted. Without an option: 3 by klibc's nfsmount;
/// nullopt where dracut's mount.nfs agrees on one with the server, and where the kernel asks for 2 or 3 as it
/// was built (NFS_DEF_OPTIONS in fs/nfs/nfsroot.c: 2 where it can).
KRGBOOT_EXPORT std::optional<int> nfs_version(const NfsRootReading& reading);

}  // namespace krgboot
