#include "model/cluster_builder.hpp"

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/defaults.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/names.hpp"

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
  cluster.source_ = spec.file;
  cluster.networks_ = std::move(networks);
  cluster.images_ = std::move(images);
  cluster.boot_ = std::move(boot);
  cluster.default_boot_ = default_boot;
  cluster.nodes_.reserve(nodes.size());
  for (const auto& draft : nodes) cluster.nodes_.push_back(node_of(draft));
  cluster.nodes_by_name_ = std::move(nodes_by_name);
  return cluster;
}

Cluster ClusterBuilder::sound_part() const {
  Cluster cluster(name.value_or("unnamed"), domain.value_or(DomainName::from_string("invalid")),
                  server.value_or(Server{HostName::from_string("server"),
                                         {},
                                         ReleaseName::bookworm,
                                         std::string(defaults::tftp_root),
                                         programs.dhcp,
                                         programs.tftp,
                                         programs.nfs,
                                         {}}));
  cluster.networks_ = networks;
  cluster.images_ = images;
  std::vector<std::size_t> place(boot.size(), nowhere);  // of each entry in cluster.boot_
  for (std::size_t i = 0; i < boot.size(); ++i) {
    if (!is_sound(boot[i])) continue;
    place[i] = cluster.boot_.size();
    cluster.boot_.push_back(boot[i]);
  }
  auto placed = [&](std::size_t i) { return i < place.size() ? place[i] : nowhere; };
  if (default_boot && placed(*default_boot) != nowhere) cluster.default_boot_ = placed(*default_boot);
  for (const auto& draft : nodes) {
    if (!draft.name || !draft.address || placed(draft.boot) == nowhere) continue;
    auto* last = cluster.nodes_.empty() ? nullptr : &cluster.nodes_.back();
    auto is_first = last == nullptr || last->entry != draft.entry;
    if (is_first && report.has_error(fmt::format("nodes[{}]", draft.entry))) continue;
    if (!is_first && !(last->node_id < draft.node_id)) continue;
    auto node = node_of(draft);
    node.boot = placed(draft.boot);
    if (is_first) {
      cluster.nodes_.push_back(std::move(node));
    } else {
      *last = std::move(node);
    }
  }
  return cluster;
}

bool ClusterBuilder::is_sound(const BootEntry& entry) const {
  if (entry.image == nowhere || report.has_error(model::named_key("boot", entry.name))) return false;
  const auto& image = images[entry.image];
  return !image.path.empty() && !report.has_error(model::named_key("images", image.name));
}

Node ClusterBuilder::node_of(const NodeDraft& draft) const {
  const auto& entry = spec.nodes[draft.entry];
  return {*draft.name,         *draft.address, draft.network,
          draft.boot,          draft.entry,    entry.boot_file.value_or(defaults::boot_file),
          draft.mac,           draft.uuid,     draft.node_id,
          values(entry.append)};
}

ClusterBuilder::Outcome ClusterBuilder::finish() && {
  Outcome result;
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

}  // namespace krgboot
