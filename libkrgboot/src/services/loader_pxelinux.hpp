#pragma once

#include "services/service.hpp"

namespace krgboot {

/// pxelinux of syslinux: doc/pxelinux.txt.
const Loader& loader_pxelinux();

// The parts of the loader, each in a file of its own.
void check_pxelinux(ClusterBuilder& cluster);
std::vector<TraceStep> check_offer_for_pxelinux(const Offer& offer);
Loaded load_pxelinux(const LoadRequest& request);

}  // namespace krgboot
