#include "krgboot/apply/boot_file.hpp"

#include "krgboot/base/error.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/path_text.hpp"
#include "services/services.hpp"

namespace krgboot {

namespace {

const Loader& known_loader(const std::string& name) {
  if (const auto* loader = loader_named(name)) return *loader;
  throw ArgumentError("boot_file.loader", name, fmt::format("krgboot knows no loader {}", in_quotes(name)));
}

/// One scope for each set of machines. No cluster has a blank in its name.
std::string scope_of(const Loader& loader, const std::vector<std::string>& files) {
  auto scope = fmt::format("{} {}", loader.name(), file_name_of(files.front()));
  if (files.size() > 1) scope += fmt::format(" to {}", file_name_of(files.back()));
  return scope;
}

}  // namespace

Proposal propose_boot_file(std::string_view machines, const std::optional<std::string>& text,
                           const BootFilePlace& place, const Root& root, const DiffOptions& options) {
  const auto& loader = known_loader(place.loader);
  auto files = loader.boot_files(machines);
  Diagnostics findings;
  std::vector<PlanItem> items;
  if (text) {
    findings = loader.check_boot_file(*text);
    if (has_errors(findings)) throw ConfigError(findings);
    for (const auto& file : files)
      items.emplace_back(WriteFile{{Role::boot_file, fmt::format("{}/{}", place.tftp_root, file)}, *text});
  }
  // The release decides only on reloads, and no program reloads boot files.
  const auto& any = release(ReleaseName::bookworm);
  auto proposal = propose(plan_items({scope_of(loader, files)}, std::move(items), any), root, any, options);
  auto& notices = proposal.changes.notices;
  notices.insert(notices.end(), findings.begin(), findings.end());
  return proposal;
}

}  // namespace krgboot
