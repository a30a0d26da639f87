#include "krgboot/plan/plan.hpp"

#include <iterator>
#include <utility>

#include "directories.hpp"
#include "services/services.hpp"

namespace krgboot {

namespace {

/// Does the service read the file of this item?
bool reads(const Service& service, const Release& release, const PlanItem& item) {
  const auto& [role, path, origin, within] = item_of(item);
  if (!within.empty()) return false;
  if (std::holds_alternative<EditFile>(item)) return path == service.config_file(release);
  return std::holds_alternative<WriteFile>(item) && service.owns(role, path);
}

}  // namespace

Plan plan_items(Scope scope, std::vector<PlanItem> items, const Release& release) {
  Plan plan;
  plan.scope = std::move(scope);
  for (const auto* service : all_services()) {
    auto command = service->reload(release);
    if (command.empty()) continue;
    Reload reload{service->service_name(), std::move(command), {}};
    for (const auto& item : items) {
      if (reads(*service, release, item)) reload.when.push_back(item_of(item).path);
    }
    plan.reloads.push_back(std::move(reload));
  }
  plan.items = directories_of(items);
  std::move(items.begin(), items.end(), std::back_inserter(plan.items));
  return plan;
}

}  // namespace krgboot
