#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/plan.hpp"

namespace krgboot {

/// Everything that the boot server of `cluster` needs, as data. Pure and deterministic: the same cluster
/// gives the same plan to the byte. What lies where, and whose it is, is told in docs/formats.md.
/// Throws ValidationError where a value is well-formed but longer than pxelinux or the kernel can hold: all
/// errors of pxelinux::check at once.
Plan render(const Cluster& cluster);

}  // namespace krgboot
