#include "recovery.hpp"

#include "krgboot/apply/observe.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/transaction.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "nfs_state.hpp"
#include "reload.hpp"
#include "system/state_directory.hpp"

namespace krgboot {

using nlohmann::json;

namespace {

constexpr const char* journal_name = "journal";

std::string journal_path() {
  return fmt::format("{}/{}", default_state_directory, journal_name);
}

/// Parses a payload.
class PayloadReader {
 public:
  explicit PayloadReader(const std::string& journal) : journal_(journal) {}

  std::vector<Reload> read(const std::string& payload) const {
    std::vector<Reload> reloads;
    try {
      auto content = json::parse(payload);
      if (content.is_array()) {
        for (const auto& entry : content) reloads.push_back(of_old_form(entry));
        return reloads;
      }
      const auto& names = content.at("reload");
      if (!names.is_array()) refuse("journal.damaged", "is damaged: it holds no list of services");
      for (const auto& name : names) {
        auto wanted = service(name.get<std::string>());
        reloads.push_back({wanted, reload_command(release(content), wanted), {}});
      }
    } catch (const json::exception& error) {
      refuse("journal.damaged", std::string("is damaged: ") + error.what());
    }
    return reloads;
  }

 private:
  [[noreturn]] void refuse(const char* code, const std::string& what) const {
    throw ConflictError(code, journal_,
                        fmt::format("the files of an interrupted apply are put right, but its journal {} {}; "
                                    "reload the services yourself, then remove it",
                                    journal_, what));
  }

  ServiceName service(const std::string& name) const {
    if (auto known = parse_service(name)) return *known;
    refuse("journal.newer",
           fmt::format("names the service {}, which only a newer krgboot knows", json(name).dump()));
  }

  const Release& release(const json& content) const {
    auto name = content.at("release").get<std::string>();
    if (auto known = parse_release(name)) return krgboot::release(*known);
    refuse("journal.newer",
           fmt::format("names the release {}, which only a newer krgboot knows", json(name).dump()));
  }

  Reload of_old_form(const json& entry) const {
    auto wanted = service(entry.at("service").get<std::string>());
    auto argv = entry.at("argv").get<Argv>();
    for (const auto& known : releases()) {
      if (!argv.empty() && reload_command(known, wanted) == argv)
        return {wanted, reload_command(known, wanted), {}};
    }
    refuse("journal.foreign", "names a command that krgboot has not put there");
  }

  const std::string& journal_;
};

/// Does the server export all of krgboot's entries, despite exportfs' errors?
bool exports_ours(const Root& root) {
  std::vector<std::string> own;
  for (const auto& entry : read_manifest(root).entries) {
    if (entry.role == Role::exports) own.push_back(entry.path);
  }
  return missing_from(exported_now(root), entries_of(root, own)).empty();
}

void reload_all(const Root& root, const std::vector<Reload>& reloads) {
  for (const auto& service : reloads) {
    try {
      reload(service);
    } catch (const CommandError&) {
      if (service.service.kind != ServiceKind::nfs || !exports_ours(root)) throw;
    }
  }
}

}  // namespace

std::string payload_of(ReleaseName release, const std::vector<Reload>& reloads) {
  if (reloads.empty()) return {};
  auto names = json::array();
  for (const auto& reload : reloads) names.push_back(to_journal(reload.service));
  return json{{"release", to_string(release)}, {"reload", std::move(names)}}.dump();
}

std::vector<Reload> reloads_in(const std::string& payload, const std::string& journal) {
  if (payload.empty()) return {};
  return PayloadReader(journal).read(payload);
}

void recover_locked(const Root& root) {
  auto report = Transaction::recover(root);
  if (!report.action_needed) return;
  // No daemon of this machine uses a staged tree, and its journal may come from another user.
  std::vector<Reload> reloads;
  if (root.is_host()) reloads = reloads_in(report.payload, root.describe(journal_path()));
  if (report.outcome == RecoveryReport::Outcome::completed && !reloads.empty()) {
    try {
      reload_all(root, reloads);
    } catch (const CommandError&) {
      // As promised for an apply that was not killed: restore the old files, and reload the service with
      // them.
      auto transaction = Transaction::resume(root);
      transaction.roll_back();
      reload_all(root, reloads);
      transaction.finish();
      return;
    }
  } else {
    reload_all(root, reloads);
  }
  Transaction::forget(root);
}

void recover_if_needed(const Root& root) {
  auto directory = open_state_directory(root, default_state_directory);
  if (!directory || !root.status(journal_path())) return;
  Lock lock(root);
  recover_locked(root);
}

}  // namespace krgboot
