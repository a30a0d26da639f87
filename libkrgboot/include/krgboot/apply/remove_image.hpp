#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// Removes the image at `path`, a directory inside `root`, with all its content. It disappears by one rename;
/// a kill after that leaves a hidden directory beside it, which is removed when the next image is made there.
/// Symlinks are not followed, and mount points are not crossed. Returns false if nothing exists at `path`.
///
/// Throws ConflictError, and removes nothing: "image.exported" if an exports table of the root or the NFS
/// server's own (/var/lib/nfs/etab) exports the image or a directory in it; "image.mounted" if something is
/// mounted on it or in it; "image.foreign" if it does not look like a root file system (no /etc, or neither
/// /usr nor /bin), and for the root itself; "lock.busy". If something is mounted in it during the removal,
/// the rest stays under its hidden name: ConflictError "image.mounted". Also throws IoError, and what
/// Transaction::recover throws.
KRGBOOT_EXPORT bool remove_image(const Root& root, const std::string& path, const LockOptions& lock = {});

}  // namespace krgboot
