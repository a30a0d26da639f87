#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// Directories of images that the exports tables, as they are after these changes, export to one client
/// twice: exportfs takes the first entry, whosever it is. All are warnings.
Diagnostics export_conflicts(const Cluster& cluster, const Root& root, const Changes& changes);

}  // namespace krgboot
