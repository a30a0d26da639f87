#include "reload.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/system/process.hpp"

#include <fmt/format.h>

namespace krgboot {

Diagnostics exportfs_warnings(const std::string& output) {
  Diagnostics warnings;
  std::string rest;
  for (auto line : split_lines(output)) {
    if (line.find("Failed to stat") != std::string_view::npos) {
      warnings.push_back({Severity::warning,
                          "exports.missing_directory",
                          std::string(trim(line)),
                          "nodes cannot mount it until it is there",
                          "",
                          {}});
    } else {
      rest += line;  // a notice goes over several lines
    }
  }
  if (!trim(rest).empty()) {
    warnings.push_back({Severity::warning,
                        "exports.complaint",
                        std::string(trim(rest)),
                        "krgboot's own are exported",
                        "",
                        {}});
  }
  return warnings;
}

std::string reload(const ReloadService& service) {
  CommandResult result;
  try {
    result = run(service.argv, {});
  } catch (const IoError& error) {
    throw CommandError("reload.failed", service.argv, 127, error.what());
  }
  if (result.status == 0) return result.output;
  throw CommandError("reload.failed", service.argv, result.status, result.output);
}

}  // namespace krgboot
