#include "krgboot/apply/exports_files.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"
#include "krgboot/system/mounted_at.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "export_reach.hpp"
#include "export_support.hpp"
#include "model/paths.hpp"
#include "services/services.hpp"

namespace krgboot {

namespace {

/// False for paths that cannot be checked here: "..", which only the server's kernel resolves; paths that
/// exportfs refuses, which the check of the table reports; and single files.
bool can_be_looked_up(const Root& root, const std::string& path) {
  auto parts = split(path, '/');
  if (exports::path_problem(path) || std::find(parts.begin(), parts.end(), "..") != parts.end()) return false;
  auto status = root.status_through_links(path);
  return !status || status->kind == FileKind::directory;
}

/// A finding for the first of these entries whose file system the NFS server cannot export.
std::optional<Diagnostic> support_finding_of(const Root& root, const std::string& path,
                                             const std::vector<exports::Entry>& entries) {
  if (!can_be_looked_up(root, path)) return std::nullopt;
  for (const auto& entry : entries) {
    auto finding = export_support_finding(root, path, entry.effective);
    if (!finding) continue;
    finding->where = entry.where;
    return finding;
  }
  return std::nullopt;
}

/// The finding on a directory that these entries export.
std::optional<Diagnostic> finding_of(const Root& root, const std::string& path,
                                     const std::vector<exports::Entry>& entries) {
  if (!can_be_looked_up(root, path)) return std::nullopt;
  auto reach = reach_of(root, nullptr, path);
  if (!reach) {
    return Diagnostic{Severity::warning,
                      "exports.missing_directory",
                      fmt::format("{} is not there", path),
                      "nobody can mount it until it is",
                      "",
                      {}};
  }
  std::vector<Exported> directories;
  for (const auto& entry : entries) {
    const auto& options = entry.effective;
    directories.push_back({path, options.read_only(), options.root_squash() || options.all_squash()});
  }
  auto mount_point = entries.front().mount_point();
  auto is_of_all = std::all_of(entries.begin(), entries.end(),
                               [&](const auto& entry) { return entry.mount_point() == mount_point; });
  if (mount_point && is_of_all && root.is_host()) {
    auto place = mounted_at(root, *mount_point);
    if (!place || !place->is_its_root) {
      return Diagnostic{Severity::warning,
                        "exports.not_mounted",
                        fmt::format("{} is not exported while nothing is mounted on {}", path, *mount_point),
                        "mount it",
                        "",
                        {}};
    }
  }
  // The exported file system is the intended one: mounted here, or on the server that the staged tree is for.
  if (mount_point && is_of_all && model::is_within(path, *mount_point)) {
    auto writes_as_root = std::any_of(directories.begin(), directories.end(), [](const Exported& each) {
      return !each.read_only && !each.root_squashed;
    });
    if (path == *mount_point || !writes_as_root) return std::nullopt;
    reach = Reach::file_system;
  }
  return reach_finding(nullptr, *reach, directories);
}

}  // namespace

std::vector<ExportsTable> read_exports_tables(const Root& root, const Release& release,
                                              const ExportsTexts& instead) {
  std::vector<ExportsTable> tables;
  auto add = [&](const std::string& path) {
    auto given = instead.find(path);
    if (given != instead.end()) {
      if (given->second) tables.push_back(ExportsTable::parse(*given->second, path));
    } else if (auto text = root.read_through_links(path)) {
      tables.push_back(ExportsTable::parse(text->bytes, path));
    }
  };
  const auto& service = *nfs_services().front();
  add(service.exports_table(release));
  auto directory = service.exports_directory(release);
  if (directory.empty()) return tables;
  std::vector<std::string> drop_ins;
  for (auto& name : root.list_directory(directory).value_or(std::vector<std::string>{})) {
    if (exports::is_drop_in(name)) drop_ins.push_back(name);
  }
  for (const auto& [path, text] : instead) {
    auto name = base_name(path);
    auto is_new = exports::is_drop_in(name) && parent_path(path) == directory &&
                  std::find(drop_ins.begin(), drop_ins.end(), name) == drop_ins.end();
    if (is_new) drop_ins.push_back(name);
  }
  for (const auto& name : exports::sort_drop_ins(std::move(drop_ins))) add(directory + "/" + name);
  return tables;
}

ExportsTable read_exports_table(const Root& root, const std::string& path) {
  auto text = root.read_file(path);
  if (!text) throw IoError("open", root.describe(path), ENOENT);
  return ExportsTable::parse(*text, path);
}

ExportsView view_exports(const Root& root, std::vector<ExportsTable> tables) {
  exports::MatchContext context;
  if (auto text = root.read_through_links("/etc/hosts")) {
    auto names = std::make_shared<hosts::HostsFile>(hosts::HostsFile::parse(text->bytes));
    context.names_of = [names](Ipv4Address address) { return names->names_of(address); };
  }
  return ExportsView(std::move(tables), std::move(context));
}

Diagnostics check_exports(const Root& root, const ExportsView& view) {
  auto findings = view.diagnostics();
  std::map<std::string, std::vector<exports::Entry>> by_path;
  for (const auto& table : view.tables()) {
    for (const auto& entry : table.list()) by_path[exports::normal_path(entry.path)].push_back(entry);
  }
  for (const auto& [path, entries] : by_path) {
    if (auto finding = finding_of(root, path, entries)) {
      finding->where = entries.front().where;
      findings.push_back(*std::move(finding));
    }
    if (auto finding = support_finding_of(root, path, entries)) findings.push_back(*std::move(finding));
  }
  return findings;
}

}  // namespace krgboot
