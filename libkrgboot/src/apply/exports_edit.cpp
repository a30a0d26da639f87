#include "krgboot/apply/exports_edit.hpp"

#include "krgboot/apply/exports_files.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/plan/unified_diff.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/system/transaction.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "nfs_state.hpp"
#include "recovery.hpp"
#include "reload.hpp"
#include "services/services.hpp"

namespace krgboot {

namespace {

/// The command that makes the NFS server reload its tables; it is the same on every release.
Reload nfs_reload() {
  const auto& service = *nfs_services().front();
  return {service.service_name(), service.reload(release(ReleaseName::bookworm)), {}};
}

/// One edit of an exports table, with the lock held.
class ExportsEdit {
 public:
  ExportsEdit(const Root& root, const std::string& path, const ExportsEditOptions& options)
      : root_(root),
        options_(options),
        // exportfs of this machine must not load the tables of a staged tree.
        reloads_(options.reload && !options.dry_run && root.is_host()),
        transaction_(root) {
    report_.path = path;
    report_.dry_run = options.dry_run;
  }

  ExportsEditReport result(const std::function<void(ExportsTable&)>& edit) {
    auto before = root_.read_with_status(report_.path);
    if (before) report_.before = before->bytes;
    auto table = ExportsTable::parse(report_.before.value_or(""), report_.path);
    edit(table);
    report_.after = table.to_string();
    if (!report_.changed()) return std::move(report_);
    warn_unless_read();
    stage(before ? before->status.mode : 0644);
    if (options_.check) check();
    if (!options_.dry_run) commit();
    return std::move(report_);
  }

 private:
  void warn(std::string code, std::string message, std::string hint) {
    report_.warnings.push_back(
        {Severity::warning, std::move(code), std::move(message), std::move(hint), "", {report_.path, {}}});
  }

  void warn_unless_read() {
    const auto& service = *nfs_services().front();
    auto table = service.exports_table(release(ReleaseName::bookworm));
    auto directory = service.exports_directory(release(ReleaseName::bookworm));
    auto is_read = report_.path == table ||
                   (parent_path(report_.path) == directory && exports::is_drop_in(base_name(report_.path)));
    if (!is_read)
      warn("exports.not_read", fmt::format("exportfs does not read {}", report_.path),
           fmt::format("it reads {} and {}/*.exports", table, directory));
  }

  void stage(mode_t mode) {
    auto directory = parent_path(report_.path);
    auto payload = reloads_ ? payload_of(ReleaseName::bookworm, {nfs_reload()}) : "";
    auto is_new = !root_.status_through_links(directory);
    transaction_.begin({is_new ? parent_path(directory) : directory, directory}, payload);
    if (is_new) transaction_.make_directory(directory);
    transaction_.stage_file(report_.path, report_.after, mode);
  }

  void check() {
    auto answer = ask_exportfs(root_, {transaction_.staged_path(report_.path)});
    report_.checks.push_back(answer.check);
    if (refuses(answer)) {
      if (!report_.before || !refuses(ask_exportfs(root_, {report_.path})))
        throw CommandError(
            "exportfs.check", answer.argv, answer.status,
            fmt::format("{} of {} entries taken\n{}", answer.taken, answer.expected, answer.said));
      report_.checks.back().detail = "exportfs refuses entries of the old table, too";
      warn("exports.refused_before", fmt::format("exportfs refuses entries of {}, old and new", report_.path),
           "a check of the exports names them");
    }
    for (auto& complaint : exportfs_warnings(answer.said))
      warn(complaint.code, with_own_path(std::move(complaint.message)), "");
  }

  /// Replaces the path of the copy that exportfs has read by the table's own path.
  std::string with_own_path(std::string message) const {
    constexpr std::string_view copy = "/etc/exports.d/1.exports";
    if (auto at = message.find(copy); at != std::string::npos) message.replace(at, copy.size(), report_.path);
    return message;
  }

  /// Ignores the warning about an entry without a subtree option, which exportfs accepts.
  static bool refuses(const ExportfsAnswer& answer) {
    if (answer.taken != answer.expected) return true;
    for (const auto& complaint : exportfs_warnings(answer.said))
      if (complaint.message.find("Assuming default behaviour") == std::string::npos) return true;
    return false;
  }

  void commit() {
    NfsEntries others;
    if (reloads_) others = asked_for(exported_now(root_), entries_of(root_, other_tables()));
    transaction_.commit();
    if (reloads_) reload_after_commit(others);
    transaction_.finish();
  }

  std::vector<std::string> other_tables() const {
    std::vector<std::string> paths;
    for (const auto& table : read_exports_tables(root_, release(ReleaseName::bookworm)))
      if (table.file() != report_.path) paths.push_back(table.file());
    return paths;
  }

  /// exportfs fails for any fault in any table, so compare the actual exports.
  void reload_after_commit(const NfsEntries& others) {
    try {
      report_.warnings = with(exportfs_warnings(reload(nfs_reload())));
    } catch (const CommandError& error) {
      auto now = exported_now(root_);
      auto own = entries_of(root_, {report_.path});
      auto is_worse = !missing_from(now, own).empty() || !missing_from(now, others).empty() ||
                      cannot_be_exported(own, error.output());
      if (is_worse) put_back_after(error);
      report_.warnings = with(exportfs_warnings(error.output()));
    }
    report_.reloaded = true;
  }

  Diagnostics with(const Diagnostics& more) const {
    auto all = report_.warnings;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  [[noreturn]] void put_back_after(const CommandError& error) {
    transaction_.roll_back();
    try {
      reload(nfs_reload());
    } catch (const CommandError&) {
      // It fails as it did before krgboot's change.
    }
    transaction_.finish();
    throw CommandError(error.code(), error.argv(), error.status(),
                       error.output() + "\nthe old table was put back");
  }

  const Root& root_;
  const ExportsEditOptions& options_;
  bool reloads_;
  Transaction transaction_;
  ExportsEditReport report_;
};

}  // namespace

std::string unified_diff(const ExportsEditReport& report) {
  if (!report.changed()) return "";
  return fmt::format("--- {}\n+++ b{}\n{}", report.before ? "a" + report.path : "/dev/null", report.path,
                     unified_hunks(report.before.value_or(""), report.after));
}

std::string to_json(const ExportsEditReport& report) {
  nlohmann::ordered_json json{
      {"path", report.path}, {"changed", report.changed()}, {"diff", unified_diff(report)}};
  json["checks"] = nlohmann::ordered_json::array();
  for (const auto& check : report.checks)
    json["checks"].push_back({{"daemon", check.daemon}, {"ran", check.ran}, {"detail", check.detail}});
  json["reloaded"] = report.reloaded;
  json["dry_run"] = report.dry_run;
  json["warnings"] = nlohmann::ordered_json::parse(to_json(report.warnings));
  return dumped(json);
}

ExportsEditReport edit_exports_table(const Root& root, const std::string& path,
                                     const std::function<void(ExportsTable&)>& edit,
                                     const ExportsEditOptions& options) {
  Lock lock(root, options.lock);
  recover_locked(root);
  return ExportsEdit(root, path, options).result(edit);
}

}  // namespace krgboot
