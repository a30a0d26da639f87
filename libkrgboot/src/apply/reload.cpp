#include "reload.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/system/process.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

namespace {

// exportfs exits with 1 for a directory that is not there (yet), though it has exported all others.
bool only_missing_directories(const std::string& output) {
  auto lines = split_lines(output);
  return !lines.empty() && std::all_of(lines.begin(), lines.end(), [](auto line) {
    return line.find("Failed to stat") != std::string_view::npos;
  });
}

}  // namespace

Diagnostics reload(const ReloadService& service) {
  CommandResult result;
  try {
    result = run(service.argv, {});
  } catch (const IoError& error) {
    throw CommandError("reload.failed", service.argv, 127, error.what());
  }
  if (result.status == 0) return {};
  if (service.service == Service::nfs && only_missing_directories(result.output)) {
    return {{Severity::warning,
             "exports.missing_directory",
             std::string(trim(result.output)),
             "nodes cannot mount it until it is there",
             "",
             {}}};
  }
  throw CommandError("reload.failed", service.argv, result.status, result.output);
}

}  // namespace krgboot
