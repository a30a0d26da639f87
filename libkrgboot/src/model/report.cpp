#include "model/report.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace krgboot::model {

void Report::error(Position at, std::string key, std::string code, std::string message, std::string hint) {
  add(Severity::error, at, std::move(key), std::move(code), std::move(message), std::move(hint));
}

void Report::warning(Position at, std::string key, std::string code, std::string message, std::string hint) {
  add(Severity::warning, at, std::move(key), std::move(code), std::move(message), std::move(hint));
}

void Report::add(Severity severity, Position at, std::string&& key, std::string&& code, std::string&& message,
                 std::string&& hint) {
  auto& crowd = crowds_[fmt::format("{} {}:{} {}", code, at.line, at.column, key)];
  if (crowd.count++ == 0) crowd.first = diagnostics_.size();
  if (crowd.count > most_at_one_place) return;
  diagnostics_.push_back(
      {severity, std::move(code), std::move(message), std::move(hint), std::move(key), {file_, at}});
}

std::string Report::see(Position at) const {
  return at ? fmt::format(" ({})", Location{file_, at}.to_string()) : "";
}

bool Report::has_error(std::string_view section) const noexcept {
  return std::any_of(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& found) {
    std::string_view key = found.key;
    return found.severity == Severity::error && key.starts_with(section) &&
           (key.size() == section.size() || key[section.size()] == '.' || key[section.size()] == '[');
  });
}

Diagnostics Report::take() && {
  for (const auto& [place, crowd] : crowds_) {
    if (crowd.count <= most_at_one_place) continue;
    auto rest = diagnostics_[crowd.first];
    rest.message = fmt::format("and {} more like this", crowd.count - most_at_one_place);
    rest.hint.clear();
    diagnostics_.push_back(std::move(rest));
  }
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.where.position < b.where.position;
  });
  return std::move(diagnostics_);
}

}  // namespace krgboot::model
