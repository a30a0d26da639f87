#include "krgboot/apply/proposal.hpp"

#include "krgboot/apply/observe.hpp"
#include "krgboot/plan/render.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "export_conflicts.hpp"
#include "export_reach.hpp"
#include "export_support.hpp"
#include "kerrighed_order.hpp"
#include "notices.hpp"
#include "propose_locked.hpp"
#include "recovery.hpp"

namespace krgboot {

namespace {

ServerState state_of(const Cluster& cluster, const Root& root) {
  ServerState state;
  for (const auto& image : cluster.images()) {
    auto support = export_support(root, image.path);
    if (support && support->number != ExportSupport::Number::lasting) state.without_number.insert(image.name);
  }
  return state;
}

}  // namespace

Proposal propose_locked(const Cluster& cluster, const Root& root, const DiffOptions& options) {
  auto plan = render(cluster, state_of(cluster, root));
  auto snapshot = observe(root, plan);
  auto all_options = options;
  auto unmounted = check_mounts(cluster, root, options.only_within);
  std::move(unmounted.begin(), unmounted.end(), std::back_inserter(all_options.leave_out));
  // Exports are the server's.
  auto reach = options.only_within.empty() ? check_reach_of_exports(cluster, root) : ReachFindings{};
  std::copy(reach.faults.begin(), reach.faults.end(), std::back_inserter(snapshot.faults));
  auto changes = diff(plan, snapshot, all_options);
  auto order = check_kerrighed_order(cluster, root, changes);
  std::move(order.begin(), order.end(), std::back_inserter(changes.findings));
  std::move(reach.findings.begin(), reach.findings.end(), std::back_inserter(changes.findings));
  changes.accepted = std::move(reach.accepted);
  changes.notices = notices(cluster, root, options.only_within);
  if (options.only_within.empty()) {
    auto conflicts = export_conflicts(cluster, root, changes);
    std::move(conflicts.begin(), conflicts.end(), std::back_inserter(changes.notices));
  }
  // No daemon of this machine reads a staged tree.
  if (!root.is_host()) changes.reloads.clear();
  auto confined = confining_images(root, plan, snapshot.manifest);
  return {std::move(confined), cluster.server_release(), std::move(plan), std::move(snapshot),
          std::move(changes)};
}

Proposal propose(const Cluster& cluster, const Root& root, const DiffOptions& options) {
  recover_if_needed(root);
  return propose_locked(cluster, root, options);
}

Verification verify(const Cluster& cluster, const Root& root) {
  return {propose(cluster, root).changes};
}

}  // namespace krgboot
