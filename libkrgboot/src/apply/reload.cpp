#include "reload.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/system/process.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

namespace krgboot {

namespace {

/// The complaints of exportfs. A complaint may have several lines; all but the first are indented.
std::vector<std::string> complaints_in(const std::string& output) {
  std::vector<std::string> complaints;
  for (auto line : split_lines(output)) {
    bool goes_on = line.starts_with(' ') || line.starts_with('\t');
    auto words = trim(line);
    if (words.empty()) continue;
    if (goes_on && !complaints.empty()) {
      complaints.back() += fmt::format(" {}", words);
    } else {
      complaints.emplace_back(words);
    }
  }
  return complaints;
}

}  // namespace

Diagnostics exportfs_warnings(const std::string& output) {
  Diagnostics warnings;
  for (auto& complaint : complaints_in(output)) {
    bool missing = complaint.find("Failed to stat") != std::string::npos;
    warnings.push_back(
        {Severity::warning,
         missing ? "exports.missing_directory" : "exports.complaint",
         std::move(complaint),
         missing ? "nodes cannot mount it until it is there" : "krgboot's own directories are exported",
         "",
         {}});
  }
  return warnings;
}

std::string reload(const Reload& service) {
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
