#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "model/addresses.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

/// One network and the data for its messages.
struct NetworkDraft {
  ClusterBuilder& cluster;
  const NetworkSpec& spec;
  std::string key;  // "networks[0]"

  void error(Position at, std::string_view field, std::string code, std::string message,
             std::string hint = {}) {
    cluster.report.error(at, fmt::format("{}.{}", key, field), std::move(code), std::move(message),
                         std::move(hint));
  }
  void warning(Position at, std::string_view field, std::string code, std::string message,
               std::string hint = {}) {
    cluster.report.warning(at, fmt::format("{}.{}", key, field), std::move(code), std::move(message),
                           std::move(hint));
  }
};

void check_subnet(NetworkDraft& network) {
  const auto& subnet = *network.spec.subnet;
  auto range = subnet.range();
  // Checking both ends is enough: only 0.0.0.0/0 begins before 127.0.0.0/8 and ends after it.
  if (!can_be_a_host(range.first) || !can_be_a_host(range.last)) {
    network.error(network.spec.subnet.at, "subnet", "network.not_unicast",
                  fmt::format("{} holds addresses that no machine can have", subnet.to_string()),
                  "machines cannot use 0.0.0.0/8, 127.0.0.0/8 and everything from 224.0.0.0 up");
  }
}

void check_router(NetworkDraft& network) {
  const auto& router = *network.spec.router;
  const auto& subnet = *network.spec.subnet;
  auto at = network.spec.router.at;
  if (!subnet.contains(router)) {
    network.error(at, "router", "network.router_outside",
                  fmt::format("the router {} is not in {}", router.to_string(), subnet.to_string()));
  } else if (is_reserved_in(router, subnet)) {
    network.error(at, "router", "network.router_reserved",
                  fmt::format("the router {} is the {} address of {}", router.to_string(),
                              router == subnet.network() ? "network" : "broadcast", subnet.to_string()));
  }
}

void check_servers(NetworkDraft& network) {
  if (network.spec.dns) {
    for (std::size_t i = 0; i < network.spec.dns->size(); ++i) {
      const auto& [address, at] = (*network.spec.dns)[i];
      if (!can_be_a_host(address)) {
        network.error(at, fmt::format("dns[{}]", i), "network.dns_not_host",
                      fmt::format("{} cannot be the address of a DNS server", address.to_string()));
      }
    }
  }
  if (!network.spec.ntp) return;
  for (std::size_t i = 0; i < network.spec.ntp->size(); ++i) {
    const auto& [server, at] = (*network.spec.ntp)[i];
    auto address = Ipv4Address::parse(server);
    if (address ? !can_be_a_host(*address) : !DomainName::parse(server)) {
      network.error(at, fmt::format("ntp[{}]", i), "network.ntp_syntax",
                    fmt::format("{} is neither a host name nor an IPv4 address", in_quotes(server)));
    }
  }
}

/// Machines of a pool are named by the prefix and the last octet of their address, which has three digits at
/// most.
void check_host_prefix(NetworkDraft& network, const HostName& prefix, Position at) {
  auto longest = HostName::parse(prefix.to_string() + "255");
  if (!longest) {
    network.error(at, "pool.host_prefix", "pool.host_prefix_too_long",
                  fmt::format("{} and three digits are longer than a host name can be", prefix.to_string()),
                  "use 60 characters at most");
    return;
  }
  const auto& domain = network.cluster.domain;
  if (domain && !DomainName::parse(longest->to_string() + "." + domain->to_string())) {
    network.error(
        at, "pool.host_prefix", "name.too_long",
        fmt::format("{} has more than 253 characters together with the domain", longest->to_string()),
        "shorten the prefix or cluster.domain");
  }
}

/// "7d" in seconds. The reader of the spec has checked the format.
std::uint64_t seconds_of(std::string_view text) {
  std::uint64_t unit = 1;
  switch (text.empty() ? 's' : text.back()) {
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86400;
      break;
    case 'w':
      unit = 604800;
      break;
    default:
      break;
  }
  constexpr unsigned long most = 999999;
  return parse_decimal(text.substr(0, text.empty() ? 0 : text.size() - 1), most).value_or(0) * unit;
}

std::uint32_t check_lease(NetworkDraft& network) {
  const auto& lease = network.spec.pool->lease;
  auto text = lease ? *lease : std::string(defaults::pool_lease);
  auto seconds = seconds_of(text);
  constexpr std::uint64_t longest = 0x7fffffff;  // clients count seconds in 31 bits
  constexpr std::uint64_t short_lease = 86400;
  if (seconds == 0 || seconds > longest) {
    network.error(lease.at, "pool.lease", "pool.lease",
                  fmt::format("{} is not a duration from 1s to 3550w", in_quotes(text)));
    return 0;
  }
  if (seconds < short_lease) {
    network.warning(
        lease.at, "pool.lease", "pool.short_lease",
        fmt::format(
            "machines without disks do not renew their lease: after {} the DHCP server may give the address "
            "to another machine while this one runs",
            text),
        "lease: 7d");
  }
  return static_cast<std::uint32_t>(seconds);
}

std::optional<Pool> check_pool(NetworkDraft& network) {
  const auto& spec = *network.spec.pool;
  auto& cluster = network.cluster;
  bool complete = cluster.require(spec.first, network.key + ".pool", "first");
  complete = cluster.require(spec.last, network.key + ".pool", "last") && complete;
  if (spec.host_prefix) check_host_prefix(network, *spec.host_prefix, spec.host_prefix.at);
  if (!complete) return std::nullopt;

  if (*spec.last < *spec.first) {
    network.error(spec.first.at, "pool.first", "pool.reversed",
                  fmt::format("the pool begins at {}, after its end {}", spec.first->to_string(),
                              spec.last->to_string()));
    return std::nullopt;
  }
  Pool pool{{*spec.first, *spec.last},
            spec.host_prefix.value,
            spec.writable.value_or(defaults::pool_writable),
            check_lease(network)};
  if (!network.spec.subnet) return pool;
  const auto& subnet = *network.spec.subnet;
  for (const auto& [name, end] : {std::pair("first", &spec.first), std::pair("last", &spec.last)}) {
    if (!subnet.contains(**end)) {
      network.error(end->at, fmt::format("pool.{}", name), "pool.outside_network",
                    fmt::format("the {} address {} of the pool is not in {}", name, (*end)->to_string(),
                                subnet.to_string()));
    } else if (is_reserved_in(**end, subnet)) {
      // Only an end of the pool can be one of these, because they are the ends of the network.
      network.error(end->at, fmt::format("pool.{}", name), "pool.reserved_address",
                    fmt::format("the pool holds {}, the {} address of {}", (*end)->to_string(),
                                **end == subnet.network() ? "network" : "broadcast", subnet.to_string()));
    }
  }
  return pool;
}

/// Reports addresses in a pool that DHCP must not give to a client: those of the server, the router and the
/// DNS servers.
void check_pool_is_free(NetworkDraft& network, const Pool& pool) {
  const auto& spec = network.cluster.spec;
  auto& report = network.cluster.report;
  auto text = fmt::format("{} to {}", pool.range.first.to_string(), pool.range.last.to_string());
  auto at = network.spec.pool->first.at;
  if (spec.server.address && pool.range.contains(*spec.server.address)) {
    network.error(at, "pool", "pool.holds_server",
                  fmt::format("the pool {} holds the server's address {}{}", text,
                              spec.server.address->to_string(), report.see(spec.server.address.at)));
  }
  if (network.spec.router && pool.range.contains(*network.spec.router)) {
    network.error(at, "pool", "pool.holds_router",
                  fmt::format("the pool {} holds the router {}{}", text, network.spec.router->to_string(),
                              report.see(network.spec.router.at)));
  }
  if (!network.spec.dns) return;
  for (const auto& [address, dns_at] : *network.spec.dns) {
    if (pool.range.contains(address)) {
      network.warning(at, "pool", "pool.holds_dns",
                      fmt::format("the pool {} holds the DNS server {}{}", text, address.to_string(),
                                  report.see(dns_at)));
    }
  }
}

void check_overlaps(ClusterBuilder& cluster) {
  const auto& networks = cluster.spec.networks;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (networks[i].subnet) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto& one = *networks[a].subnet;
    const auto& other = *networks[b].subnet;
    if (one.network() != other.network()) return one.network() < other.network();
    if (one.prefix_length() != other.prefix_length()) return one.prefix_length() < other.prefix_length();
    return a < b;
  });
  // Two networks overlap only if one contains the other; the inner one follows the outer one in this order.
  std::size_t outer = nowhere;
  for (auto i : order) {
    if (outer == nowhere || !networks[outer].subnet->overlaps(*networks[i].subnet)) {
      outer = i;
      continue;
    }
    auto [first, second] = std::minmax(outer, i);
    cluster.report.error(
        networks[second].subnet.at, fmt::format("networks[{}].subnet", second), "network.overlap",
        fmt::format("{} overlaps with {}{}", networks[second].subnet->to_string(),
                    networks[first].subnet->to_string(), cluster.report.see(networks[first].subnet.at)));
  }
}

Network check_network(ClusterBuilder& cluster, std::size_t i) {
  const auto& spec = cluster.spec.networks[i];
  NetworkDraft network{cluster, spec, fmt::format("networks[{}]", i)};
  Network result;
  if (cluster.require(spec.subnet, network.key, "subnet")) {
    result.subnet = *spec.subnet;
    check_subnet(network);
    if (spec.router) check_router(network);
  }
  result.router = spec.router.value;
  check_servers(network);
  result.dns = values(spec.dns);
  result.ntp = values(spec.ntp);
  result.unknown_clients_allowed = spec.unknown_clients.value_or(defaults::unknown_clients_allowed);
  if (spec.pool) {
    result.pool = check_pool(network);
    if (result.pool) check_pool_is_free(network, *result.pool);
    if (!result.unknown_clients_allowed) {
      network.warning(
          spec.pool.at, "pool", "pool.denied",
          "nobody gets an address from this pool: machines that are listed have one of their own, "
          "and unknown_clients denies it to all others",
          "leave out the pool, or write unknown_clients: allow");
    }
  }
  result.extra = values(spec.extra);
  return result;
}

}  // namespace

void check_networks(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec;
  std::vector<NetworkIndex::Entry> entries;
  for (std::size_t i = 0; i < spec.networks.size(); ++i) {
    cluster.networks.push_back(check_network(cluster, i));
    if (spec.networks[i].subnet) entries.push_back({*spec.networks[i].subnet, i});
    cluster.pool_names.add(cluster, i);
  }
  cluster.network_index = NetworkIndex(std::move(entries));
  check_overlaps(cluster);

  if (!spec.server.address || spec.networks.empty()) return;
  const auto& address = *spec.server.address;
  auto& report = cluster.report;
  auto home = cluster.network_index.find(address);
  if (!home) {
    // A relay may forward the requests of the nodes to a server in another network.
    report.warning(
        spec.server.address.at, "server.address", "server.outside_networks",
        fmt::format("the server's address {} is in none of the networks", address.to_string()),
        "a DHCP server answers only in networks that it has an address in, or that a relay forwards from");
  } else if (is_reserved_in(address, cluster.networks[*home].subnet)) {
    report.error(spec.server.address.at, "server.address", "server.address_reserved",
                 fmt::format("the server's address {} is the network or broadcast address of {}{}",
                             address.to_string(), cluster.networks[*home].subnet.to_string(),
                             report.see(spec.networks[*home].subnet.at)));
  }
}

}  // namespace krgboot::model
