#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// What klibc's nfsmount, which mounts the root in an initrd of initramfs-tools, has against one mount
/// option, "soft" or "rsize=8192": it knows few of those of nfs(5), and ends at the first that it does not.
/// nullopt: it takes it. By klibc 2.0.12 (Debian 12), option for option.
KRGBOOT_EXPORT std::optional<std::string> problem_with_nfsmount_option(std::string_view option);

}  // namespace krgboot
