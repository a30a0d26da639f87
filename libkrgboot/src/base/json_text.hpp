#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace krgboot {

nlohmann::ordered_json json_of(const Diagnostics& diagnostics);

/// As text in ASCII, two spaces a level: what is no ASCII is escaped, so that a terminal may be given it.
/// Bytes that are not UTF-8, which JSON cannot hold, become `\xff`.
std::string dumped(nlohmann::ordered_json json);

}  // namespace krgboot
