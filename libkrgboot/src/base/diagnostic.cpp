#include "krgboot/base/diagnostic.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

std::string Location::to_string() const {
  if (!position) return file;
  auto place = fmt::format("{}:{}", position.line, position.column);
  return file.empty() ? place : fmt::format("{}:{}", file, place);
}

std::string Diagnostic::to_string() const {
  std::string line = where.to_string();
  if (!line.empty()) line += ": ";
  line += krgboot::to_string(severity) + ": " + message;
  if (!hint.empty()) line += fmt::format(" ({})", hint);
  if (!code.empty()) line += fmt::format(" [{}]", code);
  return line;
}

std::string to_string(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

bool has_errors(const Diagnostics& diagnostics) noexcept {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

std::string to_string(const Diagnostics& diagnostics) {
  std::string lines;
  for (const auto& diagnostic : diagnostics) {
    if (!lines.empty()) lines += '\n';
    lines += diagnostic.to_string();
  }
  return lines;
}

}  // namespace krgboot
