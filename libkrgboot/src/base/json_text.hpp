#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace krgboot {

nlohmann::ordered_json json_of(const Diagnostics& diagnostics);

/// As text in ASCII, two spaces a level: what is no ASCII is escaped, so that a terminal may be given it.
/// Bytes that are not UTF-8, which JSON cannot hold, become U+FFFD.
inline std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace krgboot
