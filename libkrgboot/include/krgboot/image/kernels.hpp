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

/// One kernel of an image. All paths as seen inside of it.
struct Kernel {
  std::string version;                ///< as uname -r would say: "6.1.0-18-amd64"
  std::string file;                   ///< below /boot: "vmlinuz-6.1.0-18-amd64"
  std::optional<std::string> initrd;  ///< below /boot, where one of this version lies there
  std::optional<std::string> config;  ///< "/boot/config-6.1.0-18-amd64"
  bool modules = false;               ///< there is a /lib/modules/VERSION/modules.dep
  friend bool operator==(const Kernel&, const Kernel&) = default;
};

/// Every vmlinuz-* and vmlinux-* in the image's /boot that is a file, oldest version first. Throws IoError.
KRGBOOT_EXPORT std::vector<Kernel> list_kernels(const Root& image);

/// A file below /boot, whatever its name: its version is read from the boot protocol's header
/// (Documentation/x86/boot.rst, kernel_version), else from its name. nullopt where there is no such file.
KRGBOOT_EXPORT std::optional<Kernel> find_kernel(const Root& image, const std::string& file);

/// How a kernel comes to something that it needs.
enum class Presence {
  builtin,    ///< in the kernel itself
  initramfs,  ///< a module or program that the initrd carries
  module,     ///< a module of the image, which is out of reach before its root is mounted
  absent,
  unknown,  ///< the image does not tell: no /boot/config-VERSION, no modules.builtin
};
KRGBOOT_EXPORT std::string to_string(Presence presence);

/// What a machine needs to get its root over NFS.
struct NfsRootSupport {
  Presence network_driver = Presence::unknown;
  Presence ip_autoconfiguration = Presence::unknown;  ///< by the kernel (CONFIG_IP_PNP_DHCP) or the initrd
  Presence nfs = Presence::unknown;                   ///< the client
  Presence nfs_root =
      Presence::unknown;  ///< who mounts it: the kernel (CONFIG_ROOT_NFS) or a script of the initrd
  Presence overlay =
      Presence::unknown;  ///< for a writable layer over a read-only root; krgboot's own scheme needs none
  std::vector<std::string> drivers;  ///< of network cards, as far as they serve: "e1000e", sorted
  friend bool operator==(const NfsRootSupport&, const NfsRootSupport&) = default;
};

struct KernelCheck {
  Kernel kernel;
  NfsRootSupport support;
  /// What is missing and where: an error keeps every machine from booting, a warning some. `where.file` is
  /// the file in the image that shows it.
  Diagnostics findings;
};

/// Can machines boot this kernel with their root over NFS, in the way of `initramfs`? `initrd` is the file
/// below /boot that the boot entry names. `kerrighed`: the node_id comes from the address that the kernel
/// itself got, so driver and DHCP must be built in. An initrd that cannot be unpacked is a finding with the
/// code of `list_initramfs`. Throws IoError.
KRGBOOT_EXPORT KernelCheck check_kernel(const Root& image, const Kernel& kernel,
                                        const std::optional<std::string>& initrd, Initramfs initramfs,
                                        const std::optional<Kerrighed>& kerrighed);

KRGBOOT_EXPORT std::string to_json(const std::vector<Kernel>& kernels);
KRGBOOT_EXPORT std::string to_json(const KernelCheck& check);

}  // namespace krgboot
