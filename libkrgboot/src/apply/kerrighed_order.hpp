#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// Checks the order that the guide recommends: an image must boot without Kerrighed before machines boot it
/// with Kerrighed, so that faults of the image are not taken for faults of Kerrighed. Returns a finding
/// "kerrighed.plain_first" for each boot file that `changes` would point to a Kerrighed kernel, unless its
/// machine, by the present files beneath `root`, boots the same image by an entry without Kerrighed, or
/// already boots one with it. Throws IoError.
Diagnostics check_kerrighed_order(const Cluster& cluster, const Root& root, const Changes& changes);

}  // namespace krgboot
