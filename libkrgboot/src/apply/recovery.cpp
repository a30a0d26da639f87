#include "recovery.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/transaction.hpp"

#include <nlohmann/json.hpp>

#include "reload.hpp"

namespace krgboot {

using nlohmann::json;

std::string payload_of(const std::vector<ReloadService>& reloads) {
  auto list = json::array();
  for (const auto& reload : reloads) {
    list.push_back({{"service", to_string(reload.service)}, {"argv", reload.argv}});
  }
  return list.dump();
}

std::vector<ReloadService> reloads_in(const std::string& payload) {
  std::vector<ReloadService> reloads;
  try {
    for (const auto& entry : json::parse(payload)) {
      auto service = entry.at("service") == to_string(Service::dhcp) ? Service::dhcp : Service::nfs;
      reloads.push_back({service, entry.at("argv"), {}});
    }
  } catch (const json::exception& error) {
    throw ConflictError("journal.damaged", std::string(default_state_directory),
                        std::string("the journal of an interrupted apply is damaged: ") + error.what());
  }
  return reloads;
}

namespace {

void reload_all(const std::vector<ReloadService>& reloads) {
  for (const auto& service : reloads) reload(service);
}

}  // namespace

void recover_locked(const Root& root) {
  auto report = Transaction::recover(root);
  if (!report.action_needed) return;
  auto reloads = reloads_in(report.payload);
  if (report.outcome == RecoveryReport::Outcome::completed && !reloads.empty()) {
    try {
      reload_all(reloads);
    } catch (const CommandError&) {
      // The same promise as for an apply that was not killed: old files, and the service running with them.
      auto transaction = Transaction::resume(root);
      transaction.roll_back();
      reload_all(reloads);
      transaction.finish();
      return;
    }
  } else {
    reload_all(reloads);
  }
  Transaction::forget(root);
}

void recover_if_needed(const Root& root) {
  if (!root.status(std::string(default_state_directory) + "/journal")) return;
  Lock lock(root);
  recover_locked(root);
}

}  // namespace krgboot
