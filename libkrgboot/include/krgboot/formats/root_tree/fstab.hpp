#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"
#include "krgboot/model/cluster.hpp"

#include <string>
#include <vector>

namespace krgboot::fstab {

/// What a node mounts beside its root, in the order of the file: kernel file systems where the init system
/// does not mount them by itself, each writable directory of a read-only root from the boot server, and
/// configfs where a boot entry of this image is a Kerrighed one. Kernel or initrd have mounted the root, and
/// a line would only make init remount it; sysvinit does so without one, too, so that a read-only root has a
/// line there, the first.
KRGBOOT_EXPORT std::vector<Mount> image_mounts(const Cluster& cluster, const Image& image);

/// The same as lines of fstab(5) with comments, for a marked block in the image's /etc/fstab. Only comments
/// where there is nothing to mount.
KRGBOOT_EXPORT std::string render_block(const Cluster& cluster, const Image& image);

}  // namespace krgboot::fstab
