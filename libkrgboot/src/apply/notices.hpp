#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// What nobody but the administrator can change, and what nodes will feel: lines of disks in an image's
/// fstab, file capabilities that NFS does not carry, a server that speaks no NFSv3 where roots are mounted by
/// it. All are warnings, as seen in `root`. `within`: the path of one image, of which and of whose
/// boot entries alone is told; empty: everything.
Diagnostics notices(const Cluster& cluster, const Root& root, const std::string& within);

/// Kernels and initrds of an image of which TFTP serves another copy, as after the image's own were made
/// anew.
Diagnostics stale_copies(const Cluster& cluster, const Root& root, const Image& image);

}  // namespace krgboot
