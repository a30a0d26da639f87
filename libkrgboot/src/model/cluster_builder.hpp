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

/// An index that refers to nothing (yet): the reference was wrong, or what it names could not be read.
inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// One machine of an entry of `nodes:`, as far as it could be understood.
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

/// The values of a list, without their places.
template <class T>
std::vector<T> values(const ListField<T>& field) {
  std::vector<T> result;
  if (!field) return result;
  result.reserve(field->size());
  for (const auto& item : *field) result.push_back(item.value);
  return result;
}

/// What the boot server runs where the spec does not say.
struct DefaultPrograms {
  std::string dhcp;
  std::string tftp;
  std::string nfs;
};

/// A cluster while it is judged. Each stage of validation takes what the stages before it have understood,
/// reports what is wrong and adds its part. `networks`, `images` and `boot` run parallel to the lists of the
/// spec, so that indices hold even where an element is faulty; such a cluster is never built.
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
  std::optional<std::string> tftp_root;  // where it is a path that can be used
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

  /// Where a value of a machine stands in the file.
  Position at(const NodeDraft& node, model::NodeField field) const {
    return node_places.at(node.entry, node.member, field);
  }
  std::string key(const NodeDraft& node, model::NodeField field) const {
    return node_places.key(node.entry, node.member, field);
  }
  /// A machine for a message: its name where it has one.
  std::string who(const NodeDraft& node) const;

  /// Is the required key `section`.`name` there? Where it is not, no cluster can be built. That is reported
  /// only where nothing else is: the reader of a file knows of it already.
  template <class T>
  bool require(const Field<T>& field, std::string_view section, std::string_view key) {
    if (!field) leave_incomplete(section, key);
    return field.value.has_value();
  }
  /// The same where it is known already that the value is missing.
  void leave_incomplete(std::string_view section, std::string_view key);

  /// What can be rendered already, whatever is wrong elsewhere, for programs that judge what they would be
  /// told: entries of `boot:` whose image is known, and of each entry of `nodes:` one complete node that
  /// boots one of these, with the largest node_id.
  Cluster sound_part() const;

  struct Outcome {
    std::optional<Cluster> cluster;
    Diagnostics diagnostics;
  };
  /// A cluster where nothing is wrong and nothing missing.
  Outcome finish() &&;

 private:
  Cluster build();
  bool is_sound(const BootEntry& entry) const;
  Node node_of(const NodeDraft& draft) const;

  std::string missing_;  // the first required key that is not there
};

}  // namespace krgboot
