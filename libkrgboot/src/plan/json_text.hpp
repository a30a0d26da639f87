#pragma once

#include "krgboot/plan/plan.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"

namespace krgboot {

nlohmann::ordered_json json_of(const PlanItem& item);
nlohmann::ordered_json json_of(const Reload& reload);
nlohmann::ordered_json json_of(const ImageStep& step);
/// The mode in octal: "0644".
std::string mode_text(unsigned mode);

}  // namespace krgboot
