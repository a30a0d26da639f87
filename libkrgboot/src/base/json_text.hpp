#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace krgboot {

nlohmann::ordered_json json_of(const Diagnostics& diagnostics);

/// JSON as ASCII text, indented by two spaces per level. Non-ASCII characters are escaped, so that the text
/// is safe to print on a terminal. Bytes that are not UTF-8, which JSON cannot hold, become `\xff`.
std::string dumped(nlohmann::ordered_json json);

}  // namespace krgboot
