#include "krgboot/model/cluster.hpp"
#include "krgboot/model/defaults.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/cluster_builder.hpp"
#include "model/stages.hpp"

namespace krgboot {

void ClusterBuilder::leave_incomplete(std::string_view section, std::string_view key) {
  if (missing_.empty()) missing_ = section.empty() ? std::string(key) : fmt::format("{}.{}", section, key);
}

std::string ClusterBuilder::who(const NodeDraft& node) const {
  return node.name ? node.name->to_string()
                   : fmt::format("machine {} of nodes[{}]", node.member + 1, node.entry);
}

Cluster ClusterBuilder::build() {
  Cluster cluster(*std::move(name), *std::move(domain), *std::move(server));
  cluster.networks_ = std::move(networks);
  cluster.images_ = std::move(images);
  cluster.boot_ = std::move(boot);
  cluster.default_boot_ = default_boot;
  cluster.nodes_.reserve(nodes.size());
  for (auto& draft : nodes) {
    const auto& entry = spec.nodes[draft.entry];
    cluster.nodes_.push_back({*std::move(draft.name), *draft.address, draft.network, draft.boot, draft.entry,
                              entry.boot_file.value_or(defaults::boot_file), draft.mac, draft.uuid,
                              draft.node_id, values(entry.append)});
  }
  cluster.nodes_by_name_ = std::move(nodes_by_name);
  return cluster;
}

Validation ClusterBuilder::finish() && {
  Validation result;
  result.diagnostics = std::move(report).take();
  if (has_errors(result.diagnostics)) return result;
  if (!missing_.empty()) {
    result.diagnostics.insert(result.diagnostics.begin(),
                              {Severity::error,
                               "spec.incomplete",
                               fmt::format("{} is missing or could not be read", missing_),
                               "",
                               missing_,
                               {spec.file, {}}});
    return result;
  }
  result.cluster = build();
  result.cluster->warnings_ = result.diagnostics;
  return result;
}

Validation validate(const Spec& spec) {
  ClusterBuilder builder(spec);
  model::check_cluster(builder);
  model::check_server(builder);
  model::check_networks(builder);
  model::check_images(builder);
  model::check_boot(builder);
  model::check_nodes(builder);
  model::check_node_addresses(builder);
  model::check_reach(builder);
  model::check_kerrighed(builder);
  model::check_image_clients(builder);
  model::check_pool_rights(builder);
  return std::move(builder).finish();
}

}  // namespace krgboot
