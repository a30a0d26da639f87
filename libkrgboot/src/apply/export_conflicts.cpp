#include "export_conflicts.hpp"

#include "krgboot/apply/exports_files.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace krgboot {

namespace {

ExportsTexts texts_after(const Changes& changes) {
  ExportsTexts texts;
  for (const auto& change : changes.changes) {
    if (const auto* removed = std::get_if<Remove>(&change.item)) texts[removed->path] = std::nullopt;
    const auto* written = std::get_if<WriteFile>(&change.item);
    if (written != nullptr && written->role == Role::exports) texts[written->path] = written->content;
  }
  return texts;
}

}  // namespace

Diagnostics export_conflicts(const Cluster& cluster, const Root& root, const Changes& changes) {
  std::set<std::string> ours;
  for (const auto& image : cluster.images()) {
    for (const auto& each : exports::exported(cluster, image)) ours.insert(each.path);
  }
  Diagnostics found;
  auto view = view_exports(root, read_exports_tables(root, cluster.server_release(), texts_after(changes)));
  for (auto& finding : view.diagnostics()) {
    if (finding.code != "exports.duplicate" || !ours.contains(finding.key)) continue;
    finding.severity = Severity::warning;
    found.push_back(std::move(finding));
  }
  return found;
}

}  // namespace krgboot
