#include "krgboot/model/defaults.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <vector>

#include <fmt/format.h>

#include "model/names.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

/// Without a router a machine reaches its own network only, which is enough for a small cluster.
void check_routers(ClusterBuilder& cluster) {
  std::vector<bool> has_nodes(cluster.networks.size());
  for (const auto& node : cluster.nodes) {
    if (node.network != nowhere) has_nodes[node.network] = true;
  }
  for (std::size_t i = 0; i < cluster.networks.size(); ++i) {
    const auto& spec = cluster.spec.networks[i];
    if (spec.router || spec.router.at || !spec.subnet || !(has_nodes[i] || spec.pool)) continue;
    const auto& server = cluster.spec.server.address;
    bool far = server && !spec.subnet->contains(*server);
    cluster.report.warning(
        spec.subnet.at, fmt::format("networks[{}]", i), "network.no_router",
        fmt::format("the machines of {} have no router, so that they reach nothing outside it{}",
                    spec.subnet->to_string(),
                    far ? fmt::format(", not even the server {}", server->to_string()) : ""),
        "add router: if they need other networks");
  }
}

/// DHCP knows a machine by its MAC address only. If no node of the cluster has one, a single warning is
/// enough.
void check_known_to_dhcp(ClusterBuilder& cluster) {
  if (!cluster.server || cluster.server->dhcp == no_program) return;
  std::size_t count = 0;
  const NodeDraft* first = nullptr;
  for (const auto& node : cluster.nodes) {
    const auto& mac = cluster.spec.nodes[node.entry].mac;
    if (mac || mac.at) continue;
    if (count++ == 0) first = &node;
  }
  if (!first) return;
  cluster.report.warning(
      cluster.spec.nodes[first->entry].at, fmt::format("nodes[{}]", first->entry), "node.no_mac",
      fmt::format("DHCP cannot recognise {} without a MAC address, so that {} gets neither the address given "
                  "here nor a boot file named after it",
                  count == 1 ? cluster.who(*first)
                             : fmt::format("{} and {} more nodes", cluster.who(*first), count - 1),
                  count == 1 ? "it" : "none of them"),
      "add mac:");
}

void check_pools_boot(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec;
  if (spec.default_boot || spec.default_boot.at) return;
  for (std::size_t i = 0; i < cluster.networks.size(); ++i) {
    if (!cluster.networks[i].pool || !cluster.networks[i].unknown_clients_allowed) continue;
    cluster.report.warning(spec.networks[i].pool.at, fmt::format("networks[{}].pool", i),
                           "pool.nothing_to_boot",
                           "machines that get an address from this pool find no boot file, for there is no "
                           "default_boot",
                           "write default_boot: with the name of a boot entry");
  }
}

/// Only one machine may boot a writable root: two would overwrite each other's files.
void check_shared_roots(ClusterBuilder& cluster) {
  std::vector<std::size_t> machines(cluster.images.size());
  auto image_of = [&](std::size_t boot) { return boot == nowhere ? nowhere : cluster.boot[boot].image; };
  for (const auto& node : cluster.nodes) {
    if (auto image = image_of(node.boot); image != nowhere) ++machines[image];
  }
  if (auto image = image_of(cluster.default_boot.value_or(nowhere)); image != nowhere) {
    for (const auto& network : cluster.networks) {
      if (network.pool && network.pool->writable && network.unknown_clients_allowed)
        machines[image] += network.pool->range.size();
    }
  }
  for (std::size_t i = 0; i < cluster.images.size(); ++i) {
    const auto& spec = cluster.spec.images[i];
    const auto& scheme = root_scheme(spec.root.value_or(defaults::root));
    if (scheme.is_shared || machines[i] < 2) continue;
    cluster.report.warning(
        spec.root.at, named_key("images", spec.name) + ".root", "image.shared_rw",
        fmt::format("{} machines may boot image {}, whose root is {}: they write over each other's files",
                    machines[i], shown(spec.name), scheme.word),
        "set root: ro and list what they write to in writable or tmpfs, or give each machine its own image");
  }
}

}  // namespace

void check_reach(ClusterBuilder& cluster) {
  check_routers(cluster);
  check_shared_roots(cluster);
  check_known_to_dhcp(cluster);
  check_pools_boot(cluster);
}

}  // namespace krgboot::model
