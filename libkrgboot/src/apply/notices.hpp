#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// Warnings on facts that affect nodes and that only the administrator can change: lines for disks in an
/// image's fstab, file capabilities that NFS does not carry, a server without NFSv3 for roots mounted by it.
/// Paths are as seen in `root`. `within`: path of one image, to report only on it and its boot entries;
/// empty: all.
Diagnostics notices(const Cluster& cluster, const Root& root, const std::string& within);

/// Kernels and initrds of an image whose copy on TFTP is outdated, for example after the image's own files
/// were rebuilt.
Diagnostics stale_copies(const Cluster& cluster, const Root& root, const Image& image);

}  // namespace krgboot
