#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/append.hpp"
#include "model/names.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

/// The members of one list of an entry.
struct Members {
  std::vector<std::string> texts;
  bool readable = false;  // the list is given, and its ranges are valid
};

/// One entry of `nodes:`; each of its machines is checked on its own.
class NodeCheck {
 public:
  NodeCheck(ClusterBuilder& cluster, std::size_t entry)
      : cluster_(cluster), report_(cluster.report), entry_(entry), spec_(cluster.spec.nodes[entry]) {}

  void check() {
    if (!spec_.name) cluster_.require(spec_.name, key(), "name");
    if (!spec_.address) cluster_.require(spec_.address, key(), "address");
    for (std::size_t i = 0; i < fields.size(); ++i) members_[i] = expand(fields[i]);
    check_counts();
    boot_ = find_boot();
    check_boot_file();
    check_node_id();
    if (spec_.append) check_append(report_, *spec_.append, key() + ".append");
    add_drafts();
  }

 private:
  static constexpr std::array<NodeField, 5> fields = {NodeField::name, NodeField::address, NodeField::mac,
                                                      NodeField::uuid, NodeField::node_id};

  std::string key() const { return fmt::format("nodes[{}]", entry_); }
  std::string key(std::string_view field) const { return fmt::format("nodes[{}].{}", entry_, field); }
  const Members& members(NodeField field) const { return members_[static_cast<std::size_t>(field)]; }

  Members expand(NodeField field) {
    Members result;
    if (!list_of(spec_, field)) return result;
    Position at;
    try {
      result.texts = cluster_.node_places.expand(entry_, field, at);
      result.readable = true;
    } catch (const ArgumentError& error) {
      report_.error(at, key(to_string(field)), error.code(), error.what());
    }
    return result;
  }

  /// An entry defines as many machines as it has names. Every other list must have the same number of
  /// members.
  void check_counts() {
    const auto* first =
        std::find_if(fields.begin(), fields.end(), [&](NodeField field) { return members(field).readable; });
    if (first == fields.end()) return;
    count_ = members(*first).texts.size();
    if (count_ == 0) {
      report_.error(list_of(spec_, *first).at, key(to_string(*first)), "node.empty",
                    fmt::format("the list of {} is empty", plural(*first)));
    }
    for (const auto* field = std::next(first); field != fields.end(); ++field) {
      auto count = members(*field).texts.size();
      if (!members(*field).readable || count == count_) continue;
      report_.error(cluster_.node_places.at(entry_, 0, *field), key(to_string(*field)), "node.count_mismatch",
                    fmt::format("there are {} {}, but {} {}", count_, plural(*first, count_), count,
                                plural(*field, count)),
                    "give each machine one");
    }
  }

  static std::string plural(NodeField field, std::size_t count = 2) {
    switch (field) {
      case NodeField::name:
        return count == 1 ? "name" : "names";
      case NodeField::address:
        return count == 1 ? "address" : "addresses";
      case NodeField::mac:
        return count == 1 ? "MAC address" : "MAC addresses";
      case NodeField::uuid:
        return count == 1 ? "UUID" : "UUIDs";
      case NodeField::node_id:
        return count == 1 ? "node_id" : "node_ids";
    }
    return "";
  }

  std::size_t find_boot() {
    if (spec_.boot) {
      auto found = cluster_.boot_by_name.find(*spec_.boot);
      if (found != cluster_.boot_by_name.end()) return found->second;
      report_.error(spec_.boot.at, key("boot"), "boot.unknown",
                    fmt::format("there is no boot entry {}", in_quotes(*spec_.boot)),
                    suggest(*spec_.boot, cluster_.spec.boot));
      return nowhere;
    }
    if (cluster_.default_boot) return *cluster_.default_boot;
    // A boot or default_boot that could not be read, or that names no entry, has been reported.
    cluster_.leave_incomplete(key(), "boot");
    if (!spec_.boot.at && !cluster_.spec.default_boot.at && !cluster_.spec.default_boot) {
      report_.error(spec_.at, key(), "node.no_boot",
                    fmt::format("{} boots nothing, for there is no default_boot", first_name()),
                    "write boot: here, or default_boot: for all");
    }
    return nowhere;
  }

  std::string first_name() const {
    const auto& names = members(NodeField::name).texts;
    return names.empty() ? key() : in_quotes(names.front());
  }

  void check_boot_file() {
    if (!spec_.boot_file) return;
    auto needs = [&](BootFileKind kind, const TextList& list, const char* name) {
      if (*spec_.boot_file != kind || list) return;
      cluster_.leave_incomplete(key(), name);
      if (list.at) return;  // given, but the reader could not read it and has reported that
      report_.error(
          spec_.boot_file.at, key("boot_file"), fmt::format("node.boot_file_without_{}", name),
          fmt::format("the boot file of {} is named after its {}, but none is given", first_name(), name),
          fmt::format("add {}:, or write boot_file: address", name));
    };
    needs(BootFileKind::mac, spec_.mac, "mac");
    needs(BootFileKind::uuid, spec_.uuid, "uuid");
  }

  void check_node_id() {
    if (boot_ == nowhere) return;
    const auto& boot = cluster_.spec.boot[boot_];
    bool given = spec_.node_id || spec_.node_id.at;
    if (!boot.kerrighed) {
      // A `kerrighed` section that could not be read has a position only: the entry may still boot Kerrighed.
      if (given && !boot.kerrighed.at) {
        report_.error(
            spec_.node_id.at, key("node_id"), "node.node_id_without_kerrighed",
            fmt::format("boot entry {} is no Kerrighed kernel, and only such a kernel has a node_id",
                        shown(boot.name)),
            "leave it out");
      }
    } else if (boot.kerrighed->autonodeid.value_or(defaults::autonodeid)) {
      if (given) {
        report_.error(spec_.node_id.at, key("node_id"), "node.node_id_unused",
                      fmt::format("boot entry {} has autonodeid, which takes the node_id from the address",
                                  shown(boot.name)),
                      "leave out node_id, or write autonodeid: false");
      }
    } else if (!given) {
      report_.error(spec_.at, key(), "node.node_id_missing",
                    fmt::format("{} has no node_id, but boot entry {} has no autonodeid", first_name(),
                                shown(boot.name)),
                    "add node_id:, or write autonodeid: true");
    }
  }

  void add_drafts() {
    for (std::size_t i = 0; i < count_; ++i) {
      NodeDraft draft;
      draft.entry = static_cast<std::uint32_t>(entry_);
      draft.member = static_cast<std::uint32_t>(i);
      draft.boot = boot_;
      read_name(draft);
      draft.address = read<Ipv4Address>(draft, NodeField::address, "node.address_syntax");
      draft.mac = read<MacAddress>(draft, NodeField::mac, "node.mac_syntax");
      draft.uuid = read<Uuid>(draft, NodeField::uuid, "node.uuid_syntax");
      read_node_id(draft);
      check_identity(draft);
      cluster_.nodes.push_back(std::move(draft));
    }
  }

  const std::string* text(const NodeDraft& draft, NodeField field) const {
    const auto& texts = members(field).texts;
    return draft.member < texts.size() ? &texts[draft.member] : nullptr;
  }

  void error(const NodeDraft& draft, NodeField field, const char* code, std::string message,
             std::string hint = {}) {
    report_.error(cluster_.at(draft, field), cluster_.key(draft, field), code, std::move(message),
                  std::move(hint));
  }

  template <class T>
  std::optional<T> read(const NodeDraft& draft, NodeField field, const char* code, std::string hint = {}) {
    const auto* written = text(draft, field);
    if (!written) return std::nullopt;
    auto value = T::parse(*written);
    if (value) return value;
    try {
      T::from_string(*written);
    } catch (const ArgumentError& fault) {
      error(draft, field, code, fault.what(), std::move(hint));
    }
    return std::nullopt;
  }

  void read_name(NodeDraft& draft) {
    const auto* written = text(draft, NodeField::name);
    bool dotted = written && written->find('.') != std::string::npos;
    draft.name = read<HostName>(draft, NodeField::name, "node.name_syntax",
                                dotted ? "leave the domain to cluster.domain" : "");
    if (!draft.name) return;
    if (auto fault = host_name_fault(*draft.name, cluster_.domain)) {
      error(draft, NodeField::name, fault->code, fault->message, fault->hint);
    }
  }

  void read_node_id(NodeDraft& draft) {
    const auto* written = text(draft, NodeField::node_id);
    if (!written) return;
    auto id = parse_decimal(*written, limits::node_id);
    if (id) {
      draft.node_id = static_cast<int>(*id);
    } else {
      error(draft, NodeField::node_id, "node.node_id_syntax",
            fmt::format("{} is not a node_id: expected 0 to {}", in_quotes(*written), limits::node_id));
    }
  }

  void check_identity(const NodeDraft& draft) {
    if (draft.mac && (draft.mac->is_multicast() || draft.mac->is_zero())) {
      error(draft, NodeField::mac, "node.mac_not_a_machine",
            fmt::format("the MAC address {} of {} is {}, which no machine has", draft.mac->to_string(),
                        cluster_.who(draft), draft.mac->is_zero() ? "all zeros" : "a group address"));
    }
    if (draft.uuid && draft.uuid->is_placeholder()) {
      error(draft, NodeField::uuid, "node.placeholder_uuid",
            fmt::format("the UUID {} of {} is what every machine without one reports",
                        draft.uuid->to_string(), cluster_.who(draft)),
            "use boot_file: mac or address for this machine");
    }
  }

  ClusterBuilder& cluster_;
  Report& report_;
  std::size_t entry_;
  const NodeSpec& spec_;
  std::array<Members, fields.size()> members_;
  std::size_t count_ = 0;
  std::size_t boot_ = nowhere;
};

}  // namespace

void check_nodes(ClusterBuilder& cluster) {
  for (std::size_t i = 0; i < cluster.spec.nodes.size(); ++i) NodeCheck(cluster, i).check();
}

}  // namespace krgboot::model
