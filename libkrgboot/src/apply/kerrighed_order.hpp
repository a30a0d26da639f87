#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// The guide's order: an image is seen to work without Kerrighed before machines boot it with Kerrighed, so
/// that faults of the one are not looked for in the other. A finding "kerrighed.plain_first" for each boot
/// file that `changes` would lead to a Kerrighed kernel, unless the machine that reads it boots, by the files
/// as they lie beneath `root` now, the same image by an entry without Kerrighed, or one with it already.
/// Throws IoError.
Diagnostics check_kerrighed_order(const Cluster& cluster, const Root& root, const Changes& changes);

}  // namespace krgboot
