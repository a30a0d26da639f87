#pragma once

#include "krgboot/model/spec.hpp"

#include <string_view>

namespace krgboot {

/// Position of a section's key in the file: "boot.NAME.append", "nodes[2].append". For a key that is missing,
/// or that no check uses, the position of its section; {0, 0} if the section is missing.
Position position_of(const Spec& spec, std::string_view key);

}  // namespace krgboot
