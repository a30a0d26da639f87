#pragma once

#include "services/service.hpp"

namespace krgboot {

/// The NFS server in the kernel, by exports(5) and exportfs(8).
const NfsService& nfs_kernel();

}  // namespace krgboot
