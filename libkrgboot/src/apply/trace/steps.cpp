#include "steps.hpp"

#include <fmt/format.h>

namespace krgboot::tracing {

void Steps::say(Stage stage, Status status, std::string what, std::string why, std::string hint) {
  list_.push_back({stage, status, std::move(what), std::move(why), std::move(hint)});
}

void Steps::say_all(Stage stage, const Diagnostics& findings) {
  constexpr std::size_t most = 50;
  if (findings.size() > most) {
    auto broken = has_errors(findings);
    say_all(stage, {findings.begin(), findings.begin() + most});
    return say(stage, broken ? Status::broken : Status::warning,
               fmt::format("and {} more", findings.size() - most), findings[most].where.to_string());
  }
  for (const auto& finding : findings) {
    say(stage, finding.severity == Severity::error ? Status::broken : Status::warning, finding.message,
        finding.where.to_string(), finding.hint);
  }
}

}  // namespace krgboot::tracing
