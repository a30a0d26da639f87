#include "krgboot/formats/root_tree/hosts.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace krgboot::hosts {

namespace {

void add(fmt::memory_buffer& text, Ipv4Address address, std::string_view name, std::string_view domain) {
  fmt::format_to(std::back_inserter(text), "{}\t{}.{} {}\n", address.to_string(), name, domain, name);
}

void add_pool(fmt::memory_buffer& text, const Pool& pool, std::string_view domain) {
  const auto& [first, last] = pool.range;
  fmt::format_to(std::back_inserter(text), "# pool {} - {}\n", first.to_string(), last.to_string());
  for (std::uint64_t bits = first.bits(); bits <= last.bits(); ++bits) {
    Ipv4Address address(static_cast<std::uint32_t>(bits));
    // The same function gives the name in dhcpd.conf.
    if (auto name = pool.host_name(address)) add(text, address, *name, domain);
  }
}

}  // namespace

std::string render_block(const ServerView& view) {
  fmt::memory_buffer text;
  const auto& domain = view.cluster.domain().to_string();
  add(text, view.server.address, view.server.name.to_string(), domain);
  for (const auto& node : view.cluster.nodes()) add(text, node.address, node.name.to_string(), domain);
  for (const auto& network : view.cluster.networks()) {
    if (network.pool && network.pool->host_prefix) add_pool(text, *network.pool, domain);
  }
  return fmt::to_string(text);
}

}  // namespace krgboot::hosts
