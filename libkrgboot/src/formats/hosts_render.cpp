#include "krgboot/base/text.hpp"
#include "krgboot/formats/dhcpd_render.hpp"
#include "krgboot/formats/hosts.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

namespace krgboot::hosts {

namespace {

template <class Use>
void for_each_pool_name(const Pool& pool, Use use) {
  for (std::uint64_t bits = pool.range.first.bits(); bits <= pool.range.last.bits(); ++bits) {
    Ipv4Address address(static_cast<std::uint32_t>(bits));
    // The name as DHCP gives it: one rule, which stands where dhcpd.conf is rendered.
    if (auto name = dhcpd::pool_host_name(pool, address)) use(address, *name);
  }
}

class BlockRenderer {
 public:
  explicit BlockRenderer(const Cluster& cluster) : cluster_(cluster), domain_(cluster.domain().to_string()) {}

  std::string result() {
    add(cluster_.server().address, cluster_.server().name.to_string());
    for (const auto& node : cluster_.nodes()) add(node.address, node.name.to_string());
    for (const auto& network : cluster_.networks()) {
      if (network.pool && is_listed(*network.pool)) count_names(*network.pool);
    }
    for (const auto& network : cluster_.networks()) {
      if (network.pool && network.pool->host_prefix) add_pool(*network.pool);
    }
    return fmt::to_string(text_);
  }

 private:
  static bool is_listed(const Pool& pool) noexcept {
    return pool.host_prefix && pool.range.size() <= max_pool_names;
  }

  void add(Ipv4Address address, std::string_view name) {
    ++uses_[to_lower(name)];
    write(address, name);
  }

  void write(Ipv4Address address, std::string_view name) {
    fmt::format_to(std::back_inserter(text_), "{}\t{}.{} {}\n", address.to_string(), name, domain_, name);
  }

  void count_names(const Pool& pool) {
    for_each_pool_name(pool, [&](Ipv4Address, const std::string& name) { ++uses_[to_lower(name)]; });
  }

  void add_pool(const Pool& pool) {
    auto range = fmt::format("{} - {}", pool.range.first.to_string(), pool.range.last.to_string());
    if (!is_listed(pool)) {
      fmt::format_to(std::back_inserter(text_), "# pool {}: {} addresses are too many to list\n", range,
                     pool.range.size());
      return;
    }
    fmt::format_to(std::back_inserter(text_), "# pool {}\n", range);
    for_each_pool_name(pool, [&](Ipv4Address address, const std::string& name) {
      if (uses_[to_lower(name)] == 1) write(address, name);
    });
  }

  const Cluster& cluster_;
  std::string_view domain_;
  std::unordered_map<std::string, unsigned> uses_;  // how many addresses would have the name, in lower case
  fmt::memory_buffer text_;
};

}  // namespace

std::string render_block(const Cluster& cluster) {
  return BlockRenderer(cluster).result();
}

}  // namespace krgboot::hosts
