#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/network_index.hpp"
#include "model/node_places.hpp"
#include "model/pool_names.hpp"
#include "model/report.hpp"

namespace krgboot {

/// An index that refers to nothing: the reference is not resolved yet or is wrong, or its target could not be
/// read.
inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// One machine of an entry of `nodes:`, with the values that could be read.
struct NodeDraft {
  std::uint32_t entry = 0;   // index into Spec::nodes
  std::uint32_t member = 0;  // which machine of that entry
  std::size_t boot = nowhere;
  std::size_t network = nowhere;
  std::optional<HostName> name;
  std::optional<Ipv4Address> address;
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
  std::optional<int> node_id;
};

/// The values of a list, without their positions.
template <class T>
std::vector<T> values(const ListField<T>& field) {
  std::vector<T> result;
  if (!field) return result;
  result.reserve(field->size());
  for (const auto& item : *field) result.push_back(item.value);
  return result;
}

/// The programs of the boot server if the spec names none.
struct DefaultPrograms {
  std::string dhcp;
  std::string tftp;
  std::string nfs;
};

/// A cluster during validation. Each stage of validation reads the results of earlier stages, reports errors
/// and adds its own results. `networks`, `images` and `boot` run parallel to the lists of the spec, so that
/// indices stay valid if an element is faulty; a cluster with a faulty element is never built.
class ClusterBuilder {
 public:
  ClusterBuilder(const Spec& the_spec, DefaultPrograms default_programs)
      : spec(the_spec),
        programs(std::move(default_programs)),
        report(the_spec.file),
        node_places(the_spec.nodes) {}

  const Spec& spec;
  const DefaultPrograms programs;
  model::Report report;

  std::optional<std::string> name;
  std::optional<DomainName> domain;
  std::optional<Server> server;
  std::optional<std::string> tftp_root;  // set if it is a usable path
  std::vector<Network> networks;
  model::NetworkIndex network_index;
  model::PoolNames pool_names;
  std::vector<Image> images;
  std::unordered_map<std::string_view, std::size_t> images_by_name;
  std::vector<BootEntry> boot;
  std::unordered_map<std::string_view, std::size_t> boot_by_name;
  std::optional<std::size_t> default_boot;
  model::NodePlaces node_places;
  std::vector<NodeDraft> nodes;
  std::unordered_map<HostName, std::size_t> nodes_by_name;

  /// Position of a machine's value in the file.
  Position at(const NodeDraft& node, model::NodeField field) const {
    return node_places.at(node.entry, node.member, field);
  }
  std::string key(const NodeDraft& node, model::NodeField field) const {
    return node_places.key(node.entry, node.member, field);
  }
  /// A machine for a message: its name if it has one.
  std::string who(const NodeDraft& node) const;

  /// Is the required key `section`.`name` set? If not, no cluster can be built. The missing key is reported
  /// only if there is no other error, because the reader of a file reports it as well.
  template <class T>
  bool require(const Field<T>& field, std::string_view section, std::string_view key) {
    if (!field) leave_incomplete(section, key);
    return field.value.has_value();
  }
  /// The same for a value that is known to be missing.
  void leave_incomplete(std::string_view section, std::string_view key);

  /// The valid part of a faulty cluster, for programs that check the files rendered from it: entries of
  /// `boot:` whose image is known, and of each entry of `nodes:` one complete node that boots one of these,
  /// the one with the largest node_id.
  Cluster sound_part() const;

  struct Outcome {
    std::optional<Cluster> cluster;
    Diagnostics diagnostics;
  };
  /// Returns a cluster if nothing is wrong or missing.
  Outcome finish() &&;

 private:
  Cluster build();
  bool is_sound(const BootEntry& entry) const;
  Node node_of(const NodeDraft& draft) const;

  std::string missing_;  // the first required key that is missing
};

}  // namespace krgboot
