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

ServerState state_of(const ServerView& view, const Root& root) {
  ServerState state;
  for (const auto& image : view.images) {
    auto support = export_support(root, image.path);
    if (support && support->number != ExportSupport::Number::lasting) state.without_number.insert(image.name);
  }
  for (const auto& entry : read_manifest(root).entries) {
    auto& paths = is_of_scope(entry, view.cluster.name()) ? state.owned : state.taken;
    if (entry.kind == Owned::Kind::file && entry.within.empty()) paths.insert(entry.path);
  }
  return state;
}

Proposal proposal_of(Plan plan, Snapshot snapshot, Changes changes, const Root& root,
                     const Release& release) {
  // No daemon of this machine uses a staged tree.
  if (!root.is_host()) changes.reloads.clear();
  auto confined = confining_images(root, plan, snapshot.manifest);
  return {std::move(confined), release, std::move(plan), std::move(snapshot), std::move(changes)};
}

}  // namespace

Proposal propose_locked(const ServerView& view, const Root& root, const DiffOptions& options) {
  const auto& cluster = view.cluster;
  auto plan = render(view, state_of(view, root));
  auto snapshot = observe(root, plan);
  auto all_options = options;
  auto unmounted = check_mounts(cluster, root, options.within);
  std::move(unmounted.begin(), unmounted.end(), std::back_inserter(all_options.leave_out));
  // Exports belong to the server, not to an image.
  auto reach = options.within.empty() ? check_reach_of_exports(cluster, root) : ReachFindings{};
  std::copy(reach.faults.begin(), reach.faults.end(), std::back_inserter(snapshot.faults));
  auto changes = diff(plan, snapshot, all_options);
  auto order = check_kerrighed_order(cluster, root, changes);
  std::move(order.begin(), order.end(), std::back_inserter(changes.findings));
  std::move(reach.findings.begin(), reach.findings.end(), std::back_inserter(changes.findings));
  changes.accepted = std::move(reach.accepted);
  changes.notices = notices(cluster, root, options.within);
  if (options.within.empty()) {
    auto conflicts = export_conflicts(cluster, root, changes);
    std::move(conflicts.begin(), conflicts.end(), std::back_inserter(changes.notices));
  }
  return proposal_of(std::move(plan), std::move(snapshot), std::move(changes), root, view.release());
}

Proposal propose(const ServerView& view, const Root& root, const DiffOptions& options) {
  recover_if_needed(root);
  return propose_locked(view, root, options);
}

Proposal propose(Plan plan, const Root& root, const Release& release, const DiffOptions& options) {
  check_plan(plan);
  recover_if_needed(root);
  auto snapshot = observe(root, plan);
  auto changes = diff(plan, snapshot, options);
  return proposal_of(std::move(plan), std::move(snapshot), std::move(changes), root, release);
}

Verification verify(const ServerView& view, const Root& root) {
  return {propose(view, root).changes};
}

}  // namespace krgboot
