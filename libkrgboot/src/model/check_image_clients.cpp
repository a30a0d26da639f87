#include "krgboot/base/text.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>
#include <fnmatch.h>

#include "model/addresses.hpp"
#include "model/names.hpp"
#include "model/ranges.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

enum class ClientFault { none, world, options, syntax };

/// The hosts that a list of clients admits, without name lookups. Grammar: exports(5), "Machine Name
/// Formats".
class Clients {
 public:
  ClientFault add(std::string_view client) {
    if (auto address = Ipv4Address::parse(client)) return add_range({*address, *address}, 32);
    if (client.find('(') != std::string_view::npos) return ClientFault::options;
    if (client.find('/') != std::string_view::npos) return add_network(client);
    // Only wildcards and dots: matches every host name.
    if (client.find_first_not_of("*?.") == std::string_view::npos) return ClientFault::world;
    if (client.front() == '@') return add_netgroup(client.substr(1));
    if (client.find_first_of("*?") != std::string_view::npos) return add_wildcard(client);
    if (!DomainName::parse(client)) return ClientFault::syntax;
    names_.insert(to_lower(client));
    return ClientFault::none;
  }

  void close() { ranges_ = joined(std::move(ranges_)); }

  /// Does the list admit any of these addresses, given as an address or a network? Netgroups and names are
  /// not considered: only a resolver knows their addresses.
  bool admits_any(const Ipv4Range& range) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const Ipv4Range& admitted) {
      return admitted.first <= range.last && range.first <= admitted.last;
    });
  }
  bool admits(const Ipv4Range& range) const { return open_ended_ || covers(ranges_, range); }
  bool admits(Ipv4Address address, const std::string& name, const std::string& full_name) const {
    if (admits({address, address})) return true;
    if (names_.empty() && wildcards_.empty()) return false;
    auto lower = to_lower(name);
    auto lower_full = to_lower(full_name);
    if (names_.count(lower) != 0 || names_.count(lower_full) != 0) return true;
    return std::any_of(wildcards_.begin(), wildcards_.end(), [&](const std::string& pattern) {
      return fnmatch(pattern.c_str(), lower_full.c_str(), 0) == 0;
    });
  }

 private:
  ClientFault add_range(Ipv4Range range, unsigned prefix_length) {
    // 10.0.0.0/8 is the largest network that a site can have to itself (RFC 1918).
    if (prefix_length < 8) return ClientFault::world;
    if (!can_be_a_host(range.first) && range.size() == 1) return ClientFault::syntax;
    ranges_.push_back(range);
    return ClientFault::none;
  }

  ClientFault add_network(std::string_view client) {
    if (auto network = Ipv4Network::parse(client))
      return add_range(network->range(), network->prefix_length());
    // The netmask written as an address.
    auto slash = client.find('/');
    auto mask = Ipv4Address::parse(client.substr(slash + 1));
    if (!mask) return ClientFault::syntax;
    auto inverse = ~mask->bits();
    if ((inverse & (inverse + 1)) != 0) return ClientFault::syntax;
    unsigned prefix_length = 32;
    for (; inverse != 0; inverse >>= 1U) --prefix_length;
    auto network = Ipv4Network::parse(fmt::format("{}/{}", client.substr(0, slash), prefix_length));
    return network ? add_range(network->range(), prefix_length) : ClientFault::syntax;
  }

  ClientFault add_netgroup(std::string_view name) {
    if (!is_label(name)) return ClientFault::syntax;
    open_ended_ = true;  // only the name service knows its members
    return ClientFault::none;
  }

  ClientFault add_wildcard(std::string_view pattern) {
    // A valid pattern is a valid name once letters replace its wildcards.
    std::string name(pattern);
    std::replace(name.begin(), name.end(), '*', 'x');
    std::replace(name.begin(), name.end(), '?', 'x');
    if (!DomainName::parse(name)) return ClientFault::syntax;
    wildcards_.push_back(to_lower(pattern));
    return ClientFault::none;
  }

  std::vector<Ipv4Range> ranges_;
  std::unordered_set<std::string> names_;
  std::vector<std::string> wildcards_;
  bool open_ended_ = false;
};

/// Reads the list of one image. Reports the faults of the list and then returns nullopt.
std::optional<Clients> read_clients(ClusterBuilder& cluster, const ImageSpec& image) {
  Clients clients;
  bool fine = true;
  for (std::size_t i = 0; i < image.clients->size(); ++i) {
    const auto& client = (*image.clients)[i].value;
    auto key = fmt::format("{}.clients[{}]", named_key("images", image.name), i);
    auto error = [&](const char* code, std::string message, std::string hint = {}) {
      cluster.report.error((*image.clients)[i].at, key, code, std::move(message), std::move(hint));
      fine = false;
    };
    switch (clients.add(client)) {
      case ClientFault::none:
        break;
      case ClientFault::world:
        error("image.open_to_world",
              fmt::format("{} would let every machine mount image {}", in_quotes(client), shown(image.name)),
              "leave out clients: then krgboot lists exactly the nodes that boot it");
        break;
      case ClientFault::options:
        error("image.client_syntax", fmt::format("{} has options", in_quotes(client)),
              "krgboot works them out from root: and writable:");
        break;
      case ClientFault::syntax:
        error("image.client_syntax",
              fmt::format("{} is not a client that krgboot can put into exports", in_quotes(client)),
              "write an IPv4 address, a network such as 192.168.0.0/24, a host name, *.domain or @netgroup");
        break;
    }
  }
  if (!fine) return std::nullopt;
  clients.close();
  return clients;
}

/// A list of clients grants all its clients the same rights, so it must not include a read-only pool if the
/// image is exported writable.
void check_writing_pools(ClusterBuilder& cluster, std::size_t index, const Clients& clients) {
  const auto& image = cluster.images[index];
  const auto& scheme = root_scheme(image.root);
  auto writes_directories = scheme.mounts_writable_directories && !image.writable.empty();
  if (!scheme.export_is_writable && !writes_directories) return;
  for (const auto& network : cluster.networks) {
    if (!network.pool || network.pool->writable || !network.unknown_clients_allowed) continue;
    const auto& range = network.pool->range;
    if (!clients.admits_any(range)) continue;
    cluster.report.error(
        cluster.spec.images[index].clients.at, named_key("images", image.name) + ".clients",
        "image.clients_admit_pool",
        fmt::format("the clients of image {} let machines of the pool {} to {} write", shown(image.name),
                    range.first.to_string(), range.last.to_string()),
        "leave out clients: then krgboot lists the nodes; or write writable: true in the pool");
  }
}

/// The nodes and pools that boot an image although the image's own list of clients does not let them mount
/// it.
struct LeftOut {
  std::vector<std::string> some;
  std::size_t count = 0;

  void add(std::string who) {
    constexpr std::size_t most_named = 3;
    if (count++ < most_named) some.push_back(std::move(who));
  }
  std::string to_string() const {
    std::string text;
    for (std::size_t i = 0; i < some.size(); ++i) {
      if (i != 0) text += i + 1 == count ? " and " : ", ";
      text += some[i];
    }
    if (count > some.size()) text += fmt::format(" and {} more", count - some.size());
    return text;
  }
};

}  // namespace

void check_image_clients(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec;
  std::vector<std::optional<Clients>> clients(spec.images.size());
  bool any = false;
  for (std::size_t i = 0; i < spec.images.size(); ++i) {
    if (!spec.images[i].clients) continue;
    clients[i] = read_clients(cluster, spec.images[i]);
    if (clients[i]) check_writing_pools(cluster, i, *clients[i]);
    any = any || clients[i];
  }
  if (!any) return;

  std::vector<LeftOut> left_out(spec.images.size());
  auto image_of = [&](std::size_t boot) { return boot == nowhere ? nowhere : cluster.boot[boot].image; };
  for (const auto& node : cluster.nodes) {
    auto image = image_of(node.boot);
    if (image == nowhere || !clients[image] || !node.address || !node.name) continue;
    const auto& name = node.name->to_string();
    auto full_name = cluster.domain ? name + "." + cluster.domain->to_string() : name;
    if (!clients[image]->admits(*node.address, name, full_name)) left_out[image].add(name);
  }
  auto default_image = image_of(cluster.default_boot.value_or(nowhere));
  if (default_image != nowhere && clients[default_image]) {
    for (const auto& network : cluster.networks) {
      if (!network.pool || !network.unknown_clients_allowed) continue;
      const auto& range = network.pool->range;
      if (!clients[default_image]->admits(range)) {
        left_out[default_image].add(
            fmt::format("the pool {} to {}", range.first.to_string(), range.last.to_string()));
      }
    }
  }
  for (std::size_t i = 0; i < spec.images.size(); ++i) {
    if (left_out[i].count == 0) continue;
    cluster.report.error(spec.images[i].clients.at, named_key("images", spec.images[i].name) + ".clients",
                         "image.clients_leave_out_node",
                         fmt::format("the clients of image {} leave out {}, which could not mount it",
                                     shown(spec.images[i].name), left_out[i].to_string()),
                         "add them, or leave out clients: then krgboot lists exactly the nodes that boot it");
  }
}

}  // namespace krgboot::model
