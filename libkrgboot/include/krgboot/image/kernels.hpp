#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/tree/initramfs.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// One kernel of an image. All paths are paths inside the image.
struct Kernel {
  std::string version;                ///< as `uname -r` prints it: "6.1.0-18-amd64"; empty if not known
  std::string file;                   ///< relative to /boot: "vmlinuz-6.1.0-18-amd64"
  std::optional<std::string> initrd;  ///< relative to /boot; nullopt: none for this version
  std::optional<std::string> config;  ///< "/boot/config-6.1.0-18-amd64"; nullopt: none
  bool modules = false;               ///< /lib/modules/VERSION/modules.dep exists
  friend bool operator==(const Kernel&, const Kernel&) = default;
};

/// All regular files vmlinuz-* and vmlinux-* in the image's /boot, sorted by version, the oldest first.
/// Throws IoError.
KRGBOOT_EXPORT std::vector<Kernel> list_kernels(const Root& image);

/// Describes `file`, a path relative to /boot with any name. The version comes from the header of the boot
/// protocol (Documentation/x86/boot.rst, kernel_version), otherwise from the name. nullopt if there is no
/// such file. Throws IoError.
KRGBOOT_EXPORT std::optional<Kernel> find_kernel(const Root& image, const std::string& file);

/// Where a feature that the kernel needs comes from.
enum class Presence {
  builtin,    ///< built into the kernel
  initramfs,  ///< a module or program in the initrd
  module,     ///< a module in the image, which is out of reach before the root is mounted
  absent,
  unknown,  ///< the image does not tell: no /boot/config-VERSION or no modules.builtin
};
KRGBOOT_EXPORT std::string to_string(Presence presence);

/// The features that a machine needs to mount its root over NFS.
struct NfsRootSupport {
  Presence network_driver = Presence::unknown;
  Presence ip_autoconfiguration = Presence::unknown;  ///< by the kernel (CONFIG_IP_PNP_DHCP) or the initrd
  Presence nfs = Presence::unknown;                   ///< the NFS client
  /// What mounts the root: the kernel (CONFIG_ROOT_NFS) or a script of the initrd.
  Presence nfs_root = Presence::unknown;
  /// For a writable layer over a read-only root. The root modes of krgboot do not need it.
  Presence overlay = Presence::unknown;
  std::vector<std::string> drivers;  ///< usable drivers of network cards, sorted: "e1000e"
  friend bool operator==(const NfsRootSupport&, const NfsRootSupport&) = default;
};

/// Result of `check_kernel`.
struct KernelCheck {
  Kernel kernel;
  NfsRootSupport support;
  /// Missing features. An error prevents every machine from booting, a warning some machines. `where.file` is
  /// the file in the image that shows it.
  Diagnostics findings;
};

/// Checks whether machines can boot this kernel with their root over NFS, mounted as `initramfs` says.
/// `initrd` is the initrd of the boot entry, relative to /boot. `kerrighed`: autonodeid derives the node_id
/// from the address that the kernel itself obtained, so the network driver and DHCP must be built in. An
/// initrd that cannot be unpacked is a finding with the code of `list_initramfs`. Throws IoError.
KRGBOOT_EXPORT KernelCheck check_kernel(const Root& image, const Kernel& kernel,
                                        const std::optional<std::string>& initrd, Initramfs initramfs,
                                        const std::optional<Kerrighed>& kerrighed);

/// `[{"version", "file", "initrd", "config", "modules"}]`; null stands for nullopt.
KRGBOOT_EXPORT std::string to_json(const std::vector<Kernel>& kernels);
/// The fields of the kernel, and `"support": {"network_driver", "ip_autoconfiguration", "nfs", "nfs_root",
/// "overlay", "drivers"}, "findings"`.
KRGBOOT_EXPORT std::string to_json(const KernelCheck& check);

}  // namespace krgboot
