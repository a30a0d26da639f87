#include <fmt/format.h>

#include "model/addresses.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

/// Finds values that two machines share, and reports the second of them. Only such duplicates can make two
/// boot files clash: krgboot writes `default` and files named by UUID, MAC address and full address, never by
/// prefix; the three forms of names cannot be equal; and a machine asks for no full name but its own three.
template <class Value>
class Duplicates {
 public:
  Duplicates(ClusterBuilder& cluster, NodeField field, const char* code, const char* noun)
      : cluster_(cluster), field_(field), code_(code), noun_(noun) {
    first_.reserve(cluster.nodes.size());
  }

  void add(std::size_t node, const std::optional<Value>& value) {
    if (!value) return;
    auto [first, is_new] = first_.try_emplace(*value, node);
    if (is_new) return;
    const auto& nodes = cluster_.nodes;
    const auto& other = nodes[first->second];
    cluster_.report.error(
        cluster_.at(nodes[node], field_), cluster_.key(nodes[node], field_), code_,
        fmt::format("{} {} of {} is also that of {}{}", noun_, value->to_string(), cluster_.who(nodes[node]),
                    cluster_.who(other), cluster_.report.see(cluster_.at(other, field_))));
  }

 private:
  ClusterBuilder& cluster_;
  NodeField field_;
  const char* code_;
  const char* noun_;
  std::unordered_map<Value, std::size_t> first_;
};

void check_names(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec;
  auto& report = cluster.report;
  auto pool_place = [&](std::size_t network) {
    return report.see(spec.networks[network].pool->host_prefix.at);
  };

  if (spec.server.name) {
    if (auto network = cluster.pool_names.find(*spec.server.name)) {
      report.error(spec.server.name.at, "server.name", "server.name_in_pool",
                   fmt::format("a machine of a pool would be named {}, too{}", spec.server.name->to_string(),
                               pool_place(*network)),
                   "use another host_prefix");
    }
  }
  cluster.nodes_by_name.reserve(cluster.nodes.size());
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const auto& node = cluster.nodes[i];
    if (!node.name) continue;
    auto error = [&](const char* code, std::string message, std::string hint = {}) {
      report.error(cluster.at(node, NodeField::name), cluster.key(node, NodeField::name), code,
                   std::move(message), std::move(hint));
    };
    auto [first, is_new] = cluster.nodes_by_name.try_emplace(*node.name, i);
    if (!is_new) {
      error("node.duplicate_name",
            fmt::format("the name {} is also that of another node{}", node.name->to_string(),
                        report.see(cluster.at(cluster.nodes[first->second], NodeField::name))));
    }
    if (spec.server.name && *node.name == *spec.server.name) {
      error("node.name_is_server", fmt::format("the name {} is that of the server{}", node.name->to_string(),
                                               report.see(spec.server.name.at)));
    }
    if (auto network = cluster.pool_names.find(*node.name)) {
      error("node.name_in_pool",
            fmt::format("a machine of a pool would be named {}, too{}", node.name->to_string(),
                        pool_place(*network)),
            "use another host_prefix");
    }
  }
}

/// Checks an address against the networks, the server and the routers.
class AddressCheck {
 public:
  explicit AddressCheck(ClusterBuilder& cluster) : cluster_(cluster), report_(cluster.report) {
    for (std::size_t i = 0; i < cluster.spec.networks.size(); ++i) {
      const auto& router = cluster.spec.networks[i].router;
      if (router) routers_.emplace(*router, i);
    }
  }

  void check(NodeDraft& node) {
    const auto& address = *node.address;
    const auto& spec = cluster_.spec;
    if (spec.server.address && address == *spec.server.address) {
      error(node, "node.address_is_server",
            fmt::format("{} is the server's{}", say(node), report_.see(spec.server.address.at)));
    }
    auto router = routers_.find(address);
    if (router != routers_.end()) {
      error(
          node, "node.address_is_router",
          fmt::format("{} is a router's{}", say(node), report_.see(spec.networks[router->second].router.at)));
    }
    auto network = cluster_.network_index.find(address);
    if (!network) {
      error(node, "node.address_outside_networks", fmt::format("{} is in none of the networks", say(node)),
            "add the network it is in, or correct the address");
      return;
    }
    node.network = *network;
    const auto& subnet = cluster_.networks[*network].subnet;
    if (is_reserved_in(address, subnet)) {
      error(node, "node.address_reserved",
            fmt::format("{} is the {} address of {}{}", say(node),
                        address == subnet.network() ? "network" : "broadcast", subnet.to_string(),
                        report_.see(spec.networks[*network].subnet.at)));
    }
    const auto& pool = cluster_.networks[*network].pool;
    if (pool && pool->range.contains(address)) {
      error(node, "node.address_in_pool",
            fmt::format("{} is in the pool {} to {}{}", say(node), pool->range.first.to_string(),
                        pool->range.last.to_string(), report_.see(spec.networks[*network].pool->first.at)),
            "another machine may be given it: take it out of the pool");
    }
  }

 private:
  std::string say(const NodeDraft& node) const {
    return fmt::format("address {} of {}", node.address->to_string(), cluster_.who(node));
  }
  void error(const NodeDraft& node, const char* code, std::string message, std::string hint = {}) {
    report_.error(cluster_.at(node, NodeField::address), cluster_.key(node, NodeField::address), code,
                  std::move(message), std::move(hint));
  }

  ClusterBuilder& cluster_;
  Report& report_;
  std::unordered_map<Ipv4Address, std::size_t> routers_;
};

}  // namespace

void check_node_addresses(ClusterBuilder& cluster) {
  check_names(cluster);
  AddressCheck address_check(cluster);
  Duplicates<Ipv4Address> addresses(cluster, NodeField::address, "node.duplicate_address", "address");
  Duplicates<MacAddress> macs(cluster, NodeField::mac, "node.duplicate_mac", "MAC address");
  Duplicates<Uuid> uuids(cluster, NodeField::uuid, "node.duplicate_uuid", "UUID");
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    auto& node = cluster.nodes[i];
    if (node.address) address_check.check(node);
    addresses.add(i, node.address);
    macs.add(i, node.mac);
    uuids.add(i, node.uuid);
  }
}

}  // namespace krgboot::model
