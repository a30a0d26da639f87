#include "krgboot/apply/apply.hpp"

#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/apply/exports_files.hpp"
#include "krgboot/apply/observe.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/system/transaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "apply/checks/staged_check.hpp"
#include "apply_locked.hpp"
#include "base/json_text.hpp"
#include "image_fault.hpp"
#include "nfs_state.hpp"
#include "propose_locked.hpp"
#include "recovery.hpp"
#include "rehearsal.hpp"
#include "reload.hpp"

namespace krgboot {

namespace {

/// An image refuses a file; nothing was written.
class ImageRefused : public ConflictError {
 public:
  explicit ImageRefused(Snapshot::Fault fault)
      : ConflictError(fault.finding.code, fault.finding.key,
                      fmt::format("nothing was written:\n{}", fault.finding.to_string()), "skip_bad_images"),
        fault_(std::move(fault)) {}
  const Snapshot::Fault& fault() const noexcept { return fault_; }

 private:
  Snapshot::Fault fault_;
};

void refuse_findings(const Changes& changes, const ApplyOptions& options) {
  auto in_the_way = findings_in_the_way(changes, options);
  if (in_the_way.empty()) return;
  auto all = [&](auto is) { return std::all_of(in_the_way.begin(), in_the_way.end(), is); };
  const auto* overridden_by = "";
  if (all(is_missing)) overridden_by = "allow_missing";
  if (all([&](const Diagnostic& finding) { return concerns_bad_image(changes, finding); }))
    overridden_by = "skip_bad_images";
  if (all(is_foreign)) overridden_by = "adopt";
  if (all(is_too_early)) overridden_by = "kerrighed_at_once";
  throw ConflictError(in_the_way.front().code, in_the_way.front().key,
                      fmt::format("nothing was written:\n{}", to_string(in_the_way)), overridden_by);
}

/// One run of apply, with the lock held.
class Application {
 public:
  Application(const Proposal& proposal, const ApplyOptions& options)
      : proposal_(proposal),
        changes_(proposal.changes),
        root_(proposal.root),
        options_(options),
        transaction_(root_) {}

  ApplyReport result() {
    refuse_findings(changes_, options_);
    report_.changes = changes_;
    for (const auto& finding : changes_.findings) {
      auto warning = finding;
      warning.severity = Severity::warning;
      report_.warnings.push_back(std::move(warning));
    }
    for (const auto* shown : {&changes_.accepted, &changes_.notices})
      report_.warnings.insert(report_.warnings.end(), shown->begin(), shown->end());
    // Apply does not make these: see Plan::steps.
    for (const auto& pending : std::exchange(report_.changes.steps, {})) {
      report_.warnings.push_back(
          {Severity::warning,
           "image.pending",
           fmt::format("{}: {}: {}", pending.step.image, name_of(pending.step.state), pending.why),
           "configure the image",
           pending.step.origin,
           {}});
    }
    if (changes_.empty()) return std::move(report_);
    stage();
    check();
    if (!options_.dry_run) commit();
    return std::move(report_);
  }

 private:
  void progress(std::string_view what) {
    if (options_.on_progress && !options_.on_progress(staged_, changes_.changes.size(), what)) {
      throw ConflictError("apply.cancelled", "", "cancelled; nothing was written");
    }
  }

  bool reloads_wanted() const { return options_.reload; }

  void stage() {
    std::set<std::string> directories{default_state_directory};
    for (const auto& change : changes_.changes) directories.insert(parent_path(item_of(change.item).path));
    transaction_.begin(
        {directories.begin(), directories.end()},
        payload_of(proposal_.release.name, reloads_wanted() ? changes_.reloads : std::vector<Reload>{}));
    for (const auto& change : changes_.changes) {
      progress(item_of(change.item).path);
      if (change.writes) stage_item(change.item);
      ++staged_;
    }
    if (changes_.manifest_changes) {
      transaction_.stage_file(fmt::format("{}/{}", default_state_directory, manifest_name),
                              to_string(changes_.manifest), 0644);
    }
  }

  /// An error in an image is a fault of that image. A copy from an image lies on the server.
  void stage_item(const ChangeItem& item) {
    try {
      std::visit([&](const auto& i) { stage(i); }, item);
    } catch (const Error& error) {
      std::string image(image_of(item));
      auto lies_there = !item_of(item).within.empty() || (!image.empty() && is_of_image(root_, image, error));
      if (!lies_there) throw;
      refuse_image(image, item_of(item), error);
    }
  }

  /// Must be called while `error` is handled.
  [[noreturn]] void refuse_image(const std::string& image, const Item& item, const Error& error) const {
    auto fault = image_fault(root_, image, item.path, item.origin, error);
    if (dynamic_cast<const IoError*>(&error) != nullptr) fault.code = "image.unwritable";
    throw ImageRefused({image, std::move(fault)});
  }

  /// Only root can change the owner of files. A user who stages a tree without being root owns all files, as
  /// with tar(1).
  std::optional<Owner> wanted_owner(const std::string& path, const std::optional<NumericOwner>& owner) const {
    if (!owner || geteuid() != 0) return std::nullopt;
    auto above = root_.status(parent_path(path));
    if (above && above->uid != 0) return Owner{above->uid, above->gid};
    return Owner{owner->user, owner->group};
  }

  void stage(const WriteFile& item) {
    transaction_.stage_file(item.path, item.content, item.mode, wanted_owner(item.path, item.owner));
  }
  void stage(const CopyFile& item) {
    if (item.source_within.empty()) {
      transaction_.stage_copy(root_, item.source, item.path, item.mode);
    } else {
      transaction_.stage_copy(root_.beneath(item.source_within),
                              item.source.substr(item.source_within.size()), item.path, item.mode);
    }
  }
  void stage(const MakeLink& item) { transaction_.stage_symlink(item.target, item.path); }
  void stage(const MakeDirectory& item) {
    transaction_.make_directory(item.path, item.mode, wanted_owner(item.path, item.owner));
  }
  void stage(const Remove& item) {
    if (item.role == Role::directory) {
      transaction_.remove_directory(item.path);
    } else {
      transaction_.remove_file(item.path);
    }
  }

  void check() {
    if (!options_.check) return;
    StagedPath staged = [&](const std::string& path) {
      return is_staged(path) ? transaction_.staged_path(path) : path;
    };
    for (const auto& service : changes_.services) {
      progress("check " + to_string(service));
      auto check = check_staged(root_, proposal_.release, service, staged, staged_files_of(service));
      if (check) report_.checks.push_back(*std::move(check));
    }
  }

  bool is_staged(const std::string& path) const {
    return std::any_of(changes_.changes.begin(), changes_.changes.end(), [&](const Change& change) {
      return change.writes && item_of(change.item).path == path &&
             std::holds_alternative<WriteFile>(change.item);
    });
  }

  /// Current paths of the staged files.
  std::vector<std::string> staged_files_of(const ServiceName& service) const {
    std::vector<std::string> paths;
    for (const auto& change : changes_.changes) {
      const auto* file = std::get_if<WriteFile>(&change.item);
      if (file != nullptr && change.writes && is_read_by(service, *file))
        paths.push_back(transaction_.staged_path(file->path));
    }
    return paths;
  }
  bool is_read_by(const ServiceName& service, const Item& file) const {
    auto reads = [&](const Reload& reload) {
      return reload.service == service &&
             std::find(reload.when.begin(), reload.when.end(), file.path) != reload.when.end();
    };
    return std::any_of(proposal_.plan.reloads.begin(), proposal_.plan.reloads.end(), reads);
  }

  void commit() {
    progress("commit");
    // Entries added by hand with exportfs -o are lost with every exportfs -r; entries of foreign tables must
    // stay exported.
    if (reloads_nfs()) nfs_before_ = asked_for(exported_now(root_), entries_of(root_, foreign_exports()));
    commit_files();
    if (reloads_wanted()) reload_services();
    transaction_.finish();
  }

  /// Commits the transaction: syncing and renaming access the images once more.
  void commit_files() {
    try {
      transaction_.commit();
    } catch (const Error& error) {
      for (const auto& change : changes_.changes) {
        const auto& image = item_of(change.item).within;
        if (!image.empty() && is_of_image(root_, image, error))
          refuse_image(image, item_of(change.item), error);
      }
      throw;
    }
  }

  void reload_services() {
    for (const auto& service : changes_.reloads) {
      try {
        if (options_.on_progress)
          options_.on_progress(staged_, changes_.changes.size(), "reload " + to_string(service.service));
        auto said = reload(service);
        if (service.service.kind == ServiceKind::nfs) warn_of_exports(said);
      } catch (const CommandError& error) {
        if (service.service.kind != ServiceKind::nfs || nfs_is_worse(error.output())) roll_back_after(error);
        warn_of_exports(error.output());
      }
      report_.reloaded.push_back(service.service);
    }
  }

  void warn_of_exports(const std::string& said) {
    auto warnings = exportfs_warnings(said);
    report_.warnings.insert(report_.warnings.end(), warnings.begin(), warnings.end());
  }

  bool reloads_nfs() const {
    return reloads_wanted() &&
           std::any_of(changes_.reloads.begin(), changes_.reloads.end(),
                       [](const auto& each) { return each.service.kind == ServiceKind::nfs; });
  }

  /// krgboot's exports tables, including those to be removed.
  std::vector<std::string> own_exports() const {
    std::vector<std::string> paths;
    for (const auto& item : proposal_.plan.items) {
      if (item_of(item).role == Role::exports) paths.push_back(item_of(item).path);
    }
    for (const auto& change : changes_.changes) {
      const auto* removed = std::get_if<Remove>(&change.item);
      if (removed != nullptr && removed->role == Role::exports) paths.push_back(removed->path);
    }
    return paths;
  }

  /// All other exports tables of the server.
  std::vector<std::string> foreign_exports() const {
    auto own = own_exports();
    std::vector<std::string> paths;
    for (const auto& table : read_exports_tables(root_, proposal_.release)) {
      if (std::find(own.begin(), own.end(), table.file()) == own.end()) paths.push_back(table.file());
    }
    return paths;
  }

  /// Is an export lost? exportfs also fails for faults in foreign entries, so compare the exports: all of
  /// krgboot's must be there, and all others that were there before.
  bool nfs_is_worse(const std::string& said) const {
    auto now = exported_now(root_);
    auto own = entries_of(root_, own_exports());
    return !missing_from(now, own).empty() || !missing_from(now, nfs_before_).empty() ||
           cannot_be_exported(own, said);
  }

  [[noreturn]] void roll_back_after(const CommandError& error) {
    transaction_.roll_back();
    std::string again;
    for (const auto& service : changes_.reloads) {
      try {
        reload(service);
      } catch (const CommandError& second) {
        // exportfs fails as it did before krgboot's change.
        if (service.service.kind == ServiceKind::nfs &&
            missing_from(exported_now(root_), nfs_before_).empty())
          continue;
        again += fmt::format("; with the old files {} did not start either", to_string(service.service));
      }
    }
    transaction_.finish();
    throw CommandError(error.code(), error.argv(), error.status(),
                       fmt::format("{}\nthe old files were put back{}", error.output(), again));
  }

  const Proposal& proposal_;
  const Changes& changes_;
  const Root& root_;
  const ApplyOptions& options_;
  Transaction transaction_;
  ApplyReport report_;
  NfsEntries nfs_before_;  // entries of foreign tables
  std::size_t staged_ = 0;
};

/// Throws if a path has changed since it was observed.
void refuse_stale(const Proposal& proposal) {
  auto check = [&](std::string_view path, const Observed& seen) {
    auto now = fingerprint(proposal.root, path);
    if (now == seen.fingerprint) return;
    throw ConflictError("plan.stale", std::string(path),
                        fmt::format("{} has changed since the plan was made; plan again", path));
  };
  if (!(read_manifest(proposal.root) == proposal.snapshot.manifest)) {
    throw ConflictError("plan.stale", std::string(default_state_directory),
                        "another apply has come in between; plan again");
  }
  const auto& items = proposal.plan.items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (std::holds_alternative<MakeDirectory>(items[i])) continue;
    auto source = proposal.snapshot.items[i].source;
    bool out_of_reach = source == PathKind::absent || source == PathKind::symlink;
    if (out_of_reach && !item_of(items[i]).within.empty()) continue;
    // What could not be observed is not written either.
    if (proposal.snapshot.items[i].fault) continue;
    check(item_of(items[i]).path, proposal.snapshot.items[i]);
  }
  auto leftovers = leftovers_of(proposal.snapshot.manifest, proposal.plan);
  for (std::size_t i = 0; i < leftovers.size(); ++i) {
    const auto& owned = proposal.snapshot.manifest.entries[leftovers[i]];
    const auto& seen = proposal.snapshot.leftovers[i];
    bool reached = seen.source == PathKind::file && !seen.fault;
    if (owned.kind != Owned::Kind::directory && reached) check(owned.path, seen);
  }
}

}  // namespace

ApplyReport apply_locked(const Proposal& proposal, const ApplyOptions& options) {
  return Application(proposal, options).result();
}

ApplyReport apply(const Proposal& proposal, const ApplyOptions& options) {
  Lock lock(proposal.root, options.lock);
  recover_locked(proposal.root);
  auto applied = [&] {
    refuse_findings(proposal.changes, options);
    refuse_stale(proposal);
    return apply_locked(proposal, options);
  };
  return options.dry_run ? rehearsed(proposal.changes, options, applied) : applied();
}

ApplyReport apply(const ServerView& view, const Root& root, const ApplyOptions& options) {
  Lock lock(root, options.lock);
  recover_locked(root);
  DiffOptions diff_options;
  diff_options.adopt = options.adopt;
  diff_options.skip_bad_images = options.skip_bad_images;
  Changes found;
  auto applied = [&] {
    for (;;) {
      try {
        auto proposal = propose_locked(view, root, diff_options);
        if (options.dry_run) found = proposal.changes;
        return apply_locked(proposal, options);
      } catch (const ImageRefused& refused) {
        if (!options.skip_bad_images) throw;
        diff_options.leave_out.push_back(refused.fault());
        recover_locked(root);
      }
    }
  };
  return options.dry_run ? rehearsed(found, options, applied) : applied();
}

std::string to_json(const ApplyReport& report) {
  auto json = nlohmann::ordered_json::parse(to_json(report.changes));
  json["checks"] = nlohmann::ordered_json::array();
  for (const auto& check : report.checks) {
    json["checks"].push_back({{"daemon", check.daemon}, {"ran", check.ran}, {"detail", check.detail}});
  }
  json["reloaded"] = nlohmann::ordered_json::array();
  for (auto service : report.reloaded) json["reloaded"].push_back(to_string(service));
  json["warnings"] = nlohmann::ordered_json::parse(to_json(report.warnings));
  json["dry_run"] = report.dry_run;
  json["stopped_by"] = nlohmann::ordered_json::parse(to_json(report.stopped_by));
  return dumped(json);
}

}  // namespace krgboot
