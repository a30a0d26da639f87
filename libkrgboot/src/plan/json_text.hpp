#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/plan/plan.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace krgboot {

nlohmann::ordered_json json_of(const PlanItem& item);
nlohmann::ordered_json json_of(const Edit& edit);
nlohmann::ordered_json json_of(const Diagnostics& diagnostics);
/// "0644"
std::string mode_text(unsigned mode);

/// As text, two spaces a level. Bytes that are not UTF-8, which JSON cannot hold, become U+FFFD.
inline std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace krgboot
