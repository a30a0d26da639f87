#pragma once

#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// Cards that ifupdown configures at boot, according to an image's /etc/network/interfaces and the files that
/// it includes; as `Interfaces::configured`.
///
/// Root of a node can write these files. So their number is limited, each is read once, and names that cannot
/// be paths in the image are skipped, as ifupdown does. Throws IoError if one of them cannot be read.
std::vector<std::string> cards_of_ifupdown(const Root& image);

}  // namespace krgboot
