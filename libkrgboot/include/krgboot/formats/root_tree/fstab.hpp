#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"
#include "krgboot/model/server_view.hpp"

#include <string>
#include <vector>

namespace krgboot::fstab {

/// The mounts of a node in the order of the file: kernel file systems that the init system does not mount by
/// itself, configfs if a boot entry of the image has Kerrighed, each writable directory of a read-only root
/// from the boot server, a tmpfs for each directory of `tmpfs`, and one on /var/run in releases without /run.
/// The root has no line, because the kernel or initrd has mounted it and a line would make init remount it.
/// Only sysvinit remounts the root even without a line; there a read-only root has one, which is the first.
KRGBOOT_EXPORT std::vector<Mount> image_mounts(const ServerView& view, const Image& image);

/// The same as lines of fstab(5) with comments: the body of a marked block in the image's /etc/fstab
/// (set_block()). Without mounts it has only comments.
KRGBOOT_EXPORT std::string render_block(const ServerView& view, const Image& image);

}  // namespace krgboot::fstab
