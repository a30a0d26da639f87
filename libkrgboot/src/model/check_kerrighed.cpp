#include "krgboot/model/defaults.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "model/names.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

constexpr std::size_t node_ids = limits::node_id + 1;
constexpr std::size_t most_without_autonodeid = 128;

/// The machines that boot with the same session_id: they form one Kerrighed cluster on each switch.
struct Session {
  Session() { owners.fill(nowhere); }

  std::size_t boot = nowhere;  // the first entry with that session_id
  bool autonodeid = true;      // for all of its entries
  std::size_t members = 0;     // listed nodes
  std::uint64_t pool_members = 0;
  std::array<std::size_t, node_ids> owners{};  // the node that has each node_id
};

/// Groups the Kerrighed entries by session and checks which machine would get which node_id.
class KerrighedCheck {
 public:
  explicit KerrighedCheck(ClusterBuilder& cluster) : cluster_(cluster), report_(cluster.report) {}

  void check() {
    for (std::size_t i = 0; i < cluster_.boot.size(); ++i) {
      if (!cluster_.boot[i].kerrighed) continue;
      auto& session = sessions_[cluster_.boot[i].kerrighed->session_id];
      if (session.boot == nowhere) session.boot = i;
      session.autonodeid = session.autonodeid && cluster_.boot[i].kerrighed->autonodeid;
    }
    if (sessions_.empty()) return;
    check_tools();
    for (const auto& node : cluster_.nodes) {
      if (auto* session = session_of(node.boot)) {
        ++session->members;
        if (node.network != nowhere) meet(node.network, node.boot);
      }
    }
    check_sizes();
    check_node_ids();
    check_pools();
    check_minimum();
  }

 private:
  const Kerrighed* kerrighed_of(std::size_t boot) const {
    if (boot == nowhere || !cluster_.boot[boot].kerrighed) return nullptr;
    return &*cluster_.boot[boot].kerrighed;
  }
  Session* session_of(std::size_t boot) {
    const auto* kerrighed = kerrighed_of(boot);
    return kerrighed ? &sessions_[kerrighed->session_id] : nullptr;
  }

  std::string key(std::size_t boot, std::string_view field) const {
    return fmt::format("{}.kerrighed.{}", named_key("boot", cluster_.spec.boot[boot].name), field);
  }

  /// Entries of the same image must agree on kerrighed-tools, because the image has one set of configuration
  /// files.
  void check_tools() {
    std::map<std::size_t, std::size_t> first_of;  // by image
    for (std::size_t i = 0; i < cluster_.boot.size(); ++i) {
      const auto* kerrighed = kerrighed_of(i);
      if (!kerrighed || cluster_.boot[i].image == nowhere) continue;
      auto [first, is_new] = first_of.emplace(cluster_.boot[i].image, i);
      if (is_new || cluster_.boot[first->second].kerrighed->tools == kerrighed->tools) continue;
      const auto& spec = cluster_.spec.boot;
      report_.error(
          spec[i].kerrighed.at, named_key("boot", spec[i].name) + ".kerrighed", "kerrighed.tools_differ",
          fmt::format("boot entries {} and {}{} share an image, and so the configuration of kerrighed-tools",
                      shown(spec[first->second].name), shown(spec[i].name),
                      report_.see(spec[first->second].kerrighed.at)),
          "write the same settings in both, or give one of them an image of its own");
    }
  }

  void check_sizes() {
    for (const auto& [id, session] : sessions_) {
      auto most = session.autonodeid ? std::size_t{limits::kerrighed_nodes} : most_without_autonodeid;
      if (session.members <= most) continue;
      report_.error(cluster_.spec.boot[session.boot].kerrighed.at, key(session.boot, "session_id"),
                    "kerrighed.too_many_nodes",
                    fmt::format("{} nodes boot into Kerrighed session {}, which holds {} at most{}",
                                session.members, id, most, session.autonodeid ? "" : " without autonodeid"));
    }
  }

  void check_node_ids() {
    for (std::size_t i = 0; i < cluster_.nodes.size(); ++i) {
      const auto& node = cluster_.nodes[i];
      const auto* kerrighed = kerrighed_of(node.boot);
      if (!kerrighed) continue;
      auto& session = sessions_[kerrighed->session_id];
      if (session.members > node_ids) continue;  // already reported; duplicate ids follow from it
      auto field = kerrighed->autonodeid ? NodeField::address : NodeField::node_id;
      if (kerrighed->autonodeid ? !node.address : !node.node_id) continue;
      std::size_t id =
          kerrighed->autonodeid ? node.address->last_octet() : static_cast<std::size_t>(*node.node_id);
      auto& owner = session.owners[id];
      if (owner == nowhere) {
        owner = i;
        continue;
      }
      const auto& other = cluster_.nodes[owner];
      // Duplicate addresses have been reported elsewhere.
      if (kerrighed->autonodeid && other.address == node.address) continue;
      auto other_field = kerrighed_of(other.boot)->autonodeid ? NodeField::address : NodeField::node_id;
      report_.error(cluster_.at(node, field), cluster_.key(node, field), "kerrighed.duplicate_node_id",
                    fmt::format("{} and {}{} would both be node {} of Kerrighed session {}",
                                cluster_.who(node), cluster_.who(other),
                                report_.see(cluster_.at(other, other_field)), id, kerrighed->session_id),
                    kerrighed->autonodeid
                        ? "autonodeid takes the last octet of the address, in whichever network"
                        : "");
    }
  }

  /// Unlisted machines in a pool are members too, if default_boot is a Kerrighed entry.
  void check_pools() {
    if (!cluster_.default_boot) return;
    auto boot = *cluster_.default_boot;
    const auto* kerrighed = kerrighed_of(boot);
    if (!kerrighed) return;
    auto& session = sessions_[kerrighed->session_id];
    Octets taken;
    for (std::size_t i = 0; i < cluster_.networks.size(); ++i) {
      const auto& network = cluster_.networks[i];
      if (!network.pool || !network.unknown_clients_allowed) continue;
      session.pool_members += network.pool->range.size();
      meet(i, boot);
      check_pool(i, *kerrighed, session, taken);
    }
  }

  void check_pool(std::size_t network, const Kerrighed& kerrighed, const Session& session, Octets& taken) {
    const auto& range = cluster_.networks[network].pool->range;
    auto at = cluster_.spec.networks[network].pool.at;
    auto key = fmt::format("networks[{}].pool", network);
    if (!kerrighed.autonodeid) {
      report_.error(at, key, "kerrighed.pool_without_node_id",
                    fmt::format("machines of this pool would boot {} without a node_id",
                                shown(cluster_.boot[*cluster_.default_boot].name)),
                    "write autonodeid: true, unknown_clients: deny, or another default_boot");
      return;
    }
    auto octets = last_octets(range);
    auto clash = [&](std::string message) {
      report_.error(at, key, "kerrighed.pool_node_id", std::move(message),
                    "autonodeid takes the last octet of the address, in whichever network");
    };
    if (range.size() > node_ids) {
      clash(fmt::format("the pool holds {} addresses, but a Kerrighed session only {} nodes", range.size(),
                        node_ids));
    } else if ((octets & taken).any()) {
      clash("machines of this pool and of another one could have the same node_id");
    }
    taken |= octets;
    for (std::size_t id = 0; id < node_ids; ++id) {
      if (!octets.test(id) || session.owners[id] == nowhere) continue;
      const auto& node = cluster_.nodes[session.owners[id]];
      // A node with an address inside the pool has been reported elsewhere.
      if (node.address && range.contains(*node.address)) continue;
      clash(fmt::format("a machine of this pool could be node {} of Kerrighed session {}, as {}{} is", id,
                        kerrighed.session_id, cluster_.who(node),
                        report_.see(cluster_.at(node, NodeField::address))));
    }
  }

  /// Two sessions in one network work, as two clusters, but are usually a mistake. Gives one warning for each
  /// pair of entries.
  void meet(std::size_t network, std::size_t boot) {
    auto id = kerrighed_of(boot)->session_id;
    auto [first, is_new] = entry_in_network_.try_emplace(network, boot);
    auto other = first->second;
    if (is_new || kerrighed_of(other)->session_id == id) return;
    auto [earlier, later] = std::minmax(other, boot);
    if (!warned_.insert({earlier, later}).second) return;
    const auto& spec = cluster_.spec.boot;
    report_.warning(
        spec[later].kerrighed->session_id.at, key(later, "session_id"), "kerrighed.two_sessions",
        fmt::format("nodes of one network boot into Kerrighed session {} by {} and into session {} by {}{}, "
                    "so that they form two clusters",
                    kerrighed_of(later)->session_id, shown(spec[later].name),
                    kerrighed_of(earlier)->session_id, shown(spec[earlier].name),
                    report_.see(spec[earlier].kerrighed->session_id.at)),
        "write the same session_id, if they are to be one");
  }

  void check_minimum() {
    for (std::size_t i = 0; i < cluster_.boot.size(); ++i) {
      const auto* kerrighed = kerrighed_of(i);
      if (!kerrighed || !kerrighed->nb_nodes_min) continue;
      const auto& session = sessions_[kerrighed->session_id];
      auto possible = session.members + session.pool_members;
      if (static_cast<std::uint64_t>(*kerrighed->nb_nodes_min) <= possible) continue;
      report_.warning(cluster_.spec.boot[i].kerrighed->nb_nodes_min.at, key(i, "nb_nodes_min"),
                      "kerrighed.nb_nodes_min_unreachable",
                      fmt::format("the cluster waits for {} nodes, but at most {} can boot into session {}",
                                  *kerrighed->nb_nodes_min, possible, kerrighed->session_id));
    }
  }

  ClusterBuilder& cluster_;
  Report& report_;
  std::map<int, Session> sessions_;  // by session_id
  std::unordered_map<std::size_t, std::size_t> entry_in_network_;
  std::set<std::pair<std::size_t, std::size_t>> warned_;
};

}  // namespace

void check_kerrighed(ClusterBuilder& cluster) {
  KerrighedCheck(cluster).check();
}

}  // namespace krgboot::model
