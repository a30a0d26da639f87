#include "krgboot/model/defaults.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <vector>

#include <fmt/format.h>

#include "model/append.hpp"
#include "model/names.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

/// A machine without a router reaches its own network only, which is all that a small cluster needs.
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
        "add router:, if they are to");
  }
}

/// dhcpd knows a machine by its MAC address only. The whole cluster may be written without: then one warning
/// is enough.
void check_known_to_dhcpd(ClusterBuilder& cluster) {
  if (!cluster.server || cluster.server->dhcp != DhcpDaemon::isc) return;
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
      fmt::format("dhcpd cannot know {} without a MAC address, so that {} gets neither the address that is "
                  "written here "
                  "nor a boot file that goes by it",
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

/// An upper bound for the words that krgboot and pxelinux write themselves, without paths and names of files:
/// BOOT_IMAGE=, initrd=, root=, boot=, nfsroot= with the server's address and options, ip=, ro, the five
/// Kerrighed parameters, BOOTIF= and SYSUUID=.
constexpr std::size_t own_words_length = 288;

std::size_t command_line_length(const ClusterBuilder& cluster, std::size_t boot) {
  const auto& entry = cluster.boot[boot];
  if (entry.image == nowhere) return 0;
  const auto& image = cluster.images[entry.image];
  auto directory = image.name.size() + std::string_view("boot//").size();
  return own_words_length + image.path.size() + directory + entry.kernel.size() +
         (entry.initrd ? directory + entry.initrd->size() : 0) +
         append_length(cluster.spec.boot[boot].append);
}

void check_command_lines(ClusterBuilder& cluster) {
  auto message = [](std::string_view whose, std::size_t length) {
    return fmt::format("the command line of {} has up to {} characters, but the kernel and pxelinux take {}",
                       whose, length, longest_command_line);
  };
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < cluster.boot.size(); ++i) {
    const auto& spec = cluster.spec.boot[i];
    lengths.push_back(command_line_length(cluster, i));
    if (lengths[i] > longest_command_line) {
      cluster.report.error(spec.append.at ? spec.append.at : spec.at,
                           named_key("boot", spec.name) + ".append", "boot.command_line_too_long",
                           message(fmt::format("boot entry {}", shown(spec.name)), lengths[i]));
    }
  }
  const NodeDraft* previous = nullptr;
  for (const auto& node : cluster.nodes) {
    // The machines of one entry share its words.
    bool seen = previous && previous->entry == node.entry;
    previous = &node;
    const auto& append = cluster.spec.nodes[node.entry].append;
    if (seen || !append || node.boot == nowhere || lengths[node.boot] > longest_command_line) continue;
    auto length = lengths[node.boot] + append_length(append);
    if (length > longest_command_line) {
      cluster.report.error(append.at, fmt::format("nodes[{}].append", node.entry),
                           "node.command_line_too_long", message(cluster.who(node), length));
    }
  }
}

/// Only one machine may write to a root: two would overwrite each other's files.
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
  check_known_to_dhcpd(cluster);
  check_pools_boot(cluster);
  check_command_lines(cluster);
}

}  // namespace krgboot::model
