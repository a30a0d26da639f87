#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// What a file is to the boot server. A file is removed only if its name parses under the grammar of its
/// role (is_own_name), whatever the manifest says.
enum class Role {
  dhcp,        ///< a file of the DHCP server, and our line in one that the admin owns
  tftp,        ///< a file of the TFTP server
  exports,     ///< a drop-in file below /etc/exports.d, or our block in /etc/exports
  loader,      ///< a loader's program files below the TFTP root
  boot_file,   ///< what a loader reads to know what to boot
  kernel,      ///< a kernel or initrd copied below the TFTP root
  mount_unit,  ///< a systemd unit that mounts an image's own file system, and the link that starts it
  image_file,  ///< a file inside an image
  other,       ///< a file of another program's, applied under a scope of its own
  directory,
};
KRGBOOT_EXPORT std::string to_string(Role role);
/// The role of that name, also of one that a manifest of krgboot 0.1 holds; nullopt for any other.
KRGBOOT_EXPORT std::optional<Role> parse_role(std::string_view name) noexcept;

}  // namespace krgboot
