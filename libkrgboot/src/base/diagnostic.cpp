#include "krgboot/base/diagnostic.hpp"

#include "krgboot/base/visible.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json_text.hpp"

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
  return harmless(line, LineCount::one);
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

nlohmann::ordered_json json_of(const Diagnostics& diagnostics) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& d : diagnostics) {
    list.push_back({{"severity", to_string(d.severity)},
                    {"code", d.code},
                    {"message", d.message},
                    {"hint", d.hint},
                    {"key", d.key},
                    {"file", d.where.file},
                    {"line", d.where.position.line},
                    {"column", d.where.position.column}});
  }
  return list;
}

std::string to_json(const Diagnostics& diagnostics) {
  return dumped(json_of(diagnostics));
}

}  // namespace krgboot
