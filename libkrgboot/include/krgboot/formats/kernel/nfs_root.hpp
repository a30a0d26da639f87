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

/// A root file system over NFS.
struct NfsRoot {
  std::optional<Ipv4Address> server;  ///< nullopt: the server that DHCP names
  std::string path;                   ///< path on the server; empty: DHCP's option root-path gives the root
  std::vector<std::string> options;   ///< mount options, "nfsvers=3"; without ro and rw
  friend bool operator==(const NfsRoot&, const NfsRoot&) = default;
};

/// Checks whether the syntax of `consumer`, the program that mounts the root, can express `root`. nullopt: it
/// can; otherwise the reason as the text of a message. All consumers need an absolute path of printable ASCII
/// characters without blanks, '"' and ',' (none of them removes quotes; the comma begins the options). The
/// kernel and dracut replace `%s` in the path by the client's name. The kernel accepts 255 characters. dracut
/// ends the path at ':'.
KRGBOOT_EXPORT std::optional<std::string> problem_with(const NfsRoot& root, Initramfs consumer);

/// The parameters that make `consumer` mount `root`. Their sources are nfsroot.rst of the kernel's
/// documentation, scripts/nfs of initramfs-tools, and nfs-lib.sh of dracut's module nfs:
///
///     none (the kernel itself)  root=/dev/nfs nfsroot=[SERVER:]PATH[,OPTIONS]
///     initramfs_tools           boot=nfs root=/dev/nfs nfsroot=[SERVER:]PATH[,OPTIONS]
///     dracut                    root=nfs:[SERVER:]PATH[:OPTIONS]
///
/// Throws ArgumentError "nfs_root.syntax" if problem_with() reports a problem.
KRGBOOT_EXPORT std::vector<KernelParameter> nfs_root_parameters(const NfsRoot& root, Initramfs consumer);

/// The NFS root that a command line or DHCP option requests.
struct NfsRootReading {
  Initramfs consumer;           ///< the program that reads it, by whose syntax it was parsed
  std::optional<NfsRoot> root;  ///< nullopt: it is malformed
  std::string problem;          ///< why it is malformed; empty if `root` is set
};

/// Finds the NFS root of a command line, the inverse of nfs_root_parameters(). nullopt: the command line
/// requests no NFS root. The last `root=` and the last `nfsroot=` count, as for the consumers. dracut's
/// `nfs4:` gives the option vers=4, the kernel's `nfsroot=NAME` the path /tftpboot/NAME.
///
/// `initrd`: the program that made the initrd (`Initramfs::none`: the machine has no initrd); initramfs-tools
/// and dracut accept the kernel's form too. nullopt: unknown; then the syntax decides, and the kernel's form
/// with boot=nfs is taken for initramfs-tools.
KRGBOOT_EXPORT std::optional<NfsRootReading> find_nfs_root(const KernelCommandLine& line,
                                                           std::optional<Initramfs> initrd = std::nullopt);

/// Reads the value of DHCP's option root-path (17) as `consumer` does: [SERVER:]PATH[,OPTIONS] for the
/// kernel, [SERVER:]PATH for initramfs-tools; dracut also reads nfs[4]:[SERVER:]PATH[:OPTIONS].
KRGBOOT_EXPORT NfsRootReading read_root_path(Initramfs consumer, std::string_view value);

/// The major NFS version (2, 3 or 4) that the last such mount option selects ("vers=4.2", "nfsvers=3", "v3");
/// nullopt: none does.
KRGBOOT_EXPORT std::optional<int> nfs_version_among(const std::vector<std::string>& options);

/// The major NFS version with which the root is mounted; `reading.root` must be set. Without such an option
/// it is 3 for klibc's nfsmount. nullopt: dracut's mount.nfs negotiates it with the server, or the kernel
/// uses 2 or 3, as it was built (NFS_DEF_OPTIONS in `fs/nfs/nfsroot.c`).
KRGBOOT_EXPORT std::optional<int> nfs_version(const NfsRootReading& reading);

}  // namespace krgboot
