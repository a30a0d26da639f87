#pragma once

#include "krgboot/model/spec.hpp"

#include <string_view>

namespace krgboot {

/// Where a key of a section stands in the file: "boot.NAME.append", "nodes[2].append". Of a key that is not
/// there, or that a check has no use for, where its section stands; {0, 0} for a section that is not there.
Position position_of(const Spec& spec, std::string_view key);

}  // namespace krgboot
