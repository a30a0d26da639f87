#include "krgboot/formats/root_tree/resolv_conf.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace krgboot::resolv_conf {

namespace {

constexpr std::size_t most_servers = 3;  // MAXNS of <resolv.h>

bool boots_in(const ServerView& view, const Image& image, std::size_t network) {
  const auto& cluster = view.cluster;
  auto in_pool = [&] {
    const auto& candidate = view.networks[network];
    return candidate.pool && candidate.unknown_clients_allowed && cluster.default_boot() &&
           cluster.image_of(cluster.boot()[*cluster.default_boot()]).name == image.name;
  };
  return std::any_of(view.nodes.begin(), view.nodes.end(),
                     [&](const Node& node) {
                       return node.network == network &&
                              cluster.image_of(cluster.boot_of(node)).name == image.name;
                     }) ||
         in_pool();
}

}  // namespace

std::string render(const ServerView& view, const Image& image) {
  std::vector<Ipv4Address> servers;
  for (std::size_t i = 0; i < view.networks.size(); ++i) {
    if (!boots_in(view, image, i)) continue;
    for (auto server : view.networks[i].dns) {
      if (std::find(servers.begin(), servers.end(), server) == servers.end()) servers.push_back(server);
    }
  }
  auto text = fmt::format("# Written by krgboot from networks[].dns: changes belong there.\nsearch {}\n",
                          view.cluster.domain().to_string());
  for (std::size_t i = 0; i < std::min(servers.size(), most_servers); ++i)
    text += fmt::format("nameserver {}\n", servers[i].to_string());
  return text;
}

}  // namespace krgboot::resolv_conf
