#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// Removes the image at `path`, a directory tree as seen inside `root`, with all that is in it. It vanishes
/// by one rename; what is killed after that leaves a hidden directory beside it, which the next image made
/// there clears away. No symlink is followed and no mount point crossed. False where nothing lies at `path`.
///
/// Refused, with nothing removed, by ConflictError: "image.exported" while an exports table of the root or
/// the NFS server's own (/var/lib/nfs/etab) exports it or something in it; "image.mounted" while something is
/// mounted on it or in it; "image.foreign" for what does not look like a system's tree (no /etc, or neither
/// /usr nor /bin), and for the root itself; "lock.busy". Throws IoError. Where something is mounted in it
/// while it is being removed, the rest stays under its hidden name: ConflictError "image.mounted".
KRGBOOT_EXPORT bool remove_image(const Root& root, const std::string& path, const LockOptions& lock = {});

}  // namespace krgboot
