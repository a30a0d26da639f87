#pragma once

#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// Cards that ifupdown configures while a machine starts, by an image's /etc/network/interfaces and by what
/// that reads besides; as `Interfaces::configured`.
///
/// Root of a node writes these files: no more of them are read than anybody has, each once, and what can be
/// no path in the image is passed over, as ifupdown does. Throws IoError where one of them cannot be read.
std::vector<std::string> cards_of_ifupdown(const Root& image);

}  // namespace krgboot
