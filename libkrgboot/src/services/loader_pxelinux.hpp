#pragma once

#include <string_view>
#include <vector>

#include "services/service.hpp"

namespace krgboot {

inline constexpr std::string_view pxelinux_program = "pxelinux.0";
/// The core, which is a file of its own since syslinux 5.
inline constexpr std::string_view pxelinux_second_part = "ldlinux.c32";
/// The directory of the boot files, beside the program.
inline constexpr std::string_view pxelinux_folder = "pxelinux.cfg";

/// pxelinux of syslinux: doc/pxelinux.txt.
const Loader& loader_pxelinux();

// The parts of the loader, each in a file of its own.
void check_pxelinux(ClusterBuilder& cluster);
std::vector<TraceStep> check_offer_for_pxelinux(const Offer& offer);
Loaded load_pxelinux(const LoadRequest& request);

}  // namespace krgboot
