#include "services/say.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

void say_all(std::vector<TraceStep>& steps, BootStage stage, const Diagnostics& findings) {
  constexpr std::size_t most = 50;
  auto status = [](bool error) { return error ? StepStatus::broken : StepStatus::warning; };
  for (std::size_t i = 0; i < std::min(findings.size(), most); ++i) {
    const auto& finding = findings[i];
    steps.push_back({stage, status(finding.severity == Severity::error), finding.message,
                     finding.where.to_string(), finding.hint});
  }
  if (findings.size() <= most) return;
  steps.push_back({stage, status(has_errors(findings)), fmt::format("and {} more", findings.size() - most),
                   findings[most].where.to_string()});
}

}  // namespace krgboot
