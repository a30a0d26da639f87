#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// Checks one mount option, "soft" or "rsize=8192", for klibc's nfsmount, which mounts the root in an initrd
/// of initramfs-tools. nfsmount knows few options of nfs(5) and fails at the first unknown one. nullopt: it
/// accepts the option; otherwise the reason as the text of a message. Source: klibc 2.0.12 (Debian 12).
KRGBOOT_EXPORT std::optional<std::string> problem_with_nfsmount_option(std::string_view option);

}  // namespace krgboot
