#include "krgboot/model/cluster.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model/ranges.hpp"

namespace krgboot {

std::optional<std::string> Pool::host_name(Ipv4Address address) const {
  if (!host_prefix) return std::nullopt;
  return fmt::format("{}{}", host_prefix->to_string(), address.last_octet());
}

const Node* Cluster::find_node(const HostName& name) const noexcept {
  auto found = nodes_by_name_.find(name);
  return found == nodes_by_name_.end() ? nullptr : &nodes_[found->second];
}

const Image* Cluster::find_image(std::string_view name) const noexcept {
  auto found =
      std::find_if(images_.begin(), images_.end(), [&](const Image& image) { return image.name == name; });
  return found == images_.end() ? nullptr : &*found;
}

bool Cluster::needs_own_boot_file(const Node& node) const noexcept {
  return node.boot != default_boot_ || !node.append.empty() || node.node_id.has_value();
}

std::vector<std::vector<Ipv4Range>> Cluster::addresses_by_image() const {
  return addresses(false);
}

std::vector<std::vector<Ipv4Range>> Cluster::writers_by_image() const {
  return addresses(true);
}

std::vector<std::vector<Ipv4Range>> Cluster::addresses(bool writers_only) const {
  std::vector<std::vector<Ipv4Range>> addresses(images_.size());
  for (const auto& node : nodes_) addresses[boot_of(node).image].push_back({node.address, node.address});
  if (default_boot_) {
    auto& defaults = addresses[boot_[*default_boot_].image];
    for (const auto& network : networks_) {
      if (!network.pool || !network.unknown_clients_allowed) continue;
      if (!writers_only || network.pool->writable) defaults.push_back(network.pool->range);
    }
  }
  for (auto& ranges : addresses) ranges = model::joined(std::move(ranges));
  return addresses;
}

}  // namespace krgboot
