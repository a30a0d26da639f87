#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// Warnings for image directories that the exports tables, after these changes, export to one client twice:
/// exportfs uses the first entry, even if it is foreign.
Diagnostics export_conflicts(const Cluster& cluster, const Root& root, const Changes& changes);

}  // namespace krgboot
