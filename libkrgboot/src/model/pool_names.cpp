#include "model/pool_names.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster_builder.hpp"

namespace krgboot::model {

Octets last_octets(const Ipv4Range& range) noexcept {
  Octets octets;
  if (range.size() >= octets.size()) return octets.set();
  for (std::uint64_t bits = range.first.bits(); bits <= range.last.bits(); ++bits) octets.set(bits & 0xffU);
  return octets;
}

void PoolNames::add(ClusterBuilder& cluster, std::size_t network) {
  const auto& pool = cluster.networks[network].pool;
  if (!pool || !pool->host_prefix) return;
  const auto& networks = cluster.spec.networks;
  auto at = networks[network].pool->host_prefix.at;
  auto key = fmt::format("networks[{}].pool.host_prefix", network);
  const auto& prefix = pool->host_prefix->to_string();
  auto octets = last_octets(pool->range);
  if (pool->range.size() > octets.size()) {
    cluster.report.error(
        at, key, "pool.host_names_clash",
        fmt::format("the pool holds {} addresses, so that several machines would be named {}1",
                    pool->range.size(), prefix),
        "a name ends in the last octet of the address: leave out host_prefix, or make the pool smaller");
  }
  for (std::size_t octet = 0; octet < octets.size(); ++octet) {
    // Compare whole names, not prefixes: "node1" with octet 50 and "node" with octet 150 give the same name.
    auto name = octets.test(octet) ? HostName::parse(fmt::format("{}{}", prefix, octet)) : std::nullopt;
    auto other = name ? find(*name) : std::nullopt;
    if (!other) continue;
    cluster.report.error(
        at, key, "pool.host_names_clash",
        fmt::format("machines of this pool and of that of {}{} would both be named {}",
                    networks[*other].subnet ? networks[*other].subnet->to_string()
                                            : fmt::format("networks[{}]", *other),
                    cluster.report.see(networks[*other].pool->host_prefix.at), name->to_string()),
        "use another host_prefix");
    break;
  }
  by_prefix_[to_lower(prefix)].push_back({octets, network});
}

std::optional<std::size_t> PoolNames::find(const HostName& name) const {
  if (by_prefix_.empty()) return std::nullopt;
  auto text = to_lower(name.to_string());
  for (std::size_t digits = 1; digits <= 3 && digits < text.size(); ++digits) {
    auto octet = parse_decimal(std::string_view(text).substr(text.size() - digits), 255);
    if (!octet) continue;
    auto found = by_prefix_.find(text.substr(0, text.size() - digits));
    if (found == by_prefix_.end()) continue;
    auto names = std::find_if(found->second.begin(), found->second.end(),
                              [&](const Names& pool) { return pool.octets.test(*octet); });
    if (names != found->second.end()) return names->network;
  }
  return std::nullopt;
}

}  // namespace krgboot::model
