#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// The purpose of a file on the boot server. A file is removed only if its name matches the naming scheme of
/// its role (`is_own_name`), independent of the manifest.
enum class Role {
  dhcp,        ///< a file of the DHCP server, and krgboot's line in one that the administrator owns
  tftp,        ///< a file of the TFTP server
  exports,     ///< a drop-in file below /etc/exports.d, or krgboot's block in /etc/exports
  loader,      ///< program files of a loader below the TFTP root
  boot_file,   ///< a file that tells a loader what to boot
  kernel,      ///< a kernel or initrd copied below the TFTP root
  mount_unit,  ///< a systemd unit that mounts an image's own file system, and the symlink that enables it
  image_file,  ///< a file inside an image
  other,       ///< a file of another program, applied under a scope of its own
  directory,
};
KRGBOOT_EXPORT std::string to_string(Role role);
/// Reads the name of a role, including those in manifests of krgboot 0.1 ("dhcpd_conf", "tftpd_conf");
/// nullopt for any other text.
KRGBOOT_EXPORT std::optional<Role> parse_role(std::string_view name) noexcept;

}  // namespace krgboot
