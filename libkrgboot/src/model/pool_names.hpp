#pragma once

#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace krgboot {
class ClusterBuilder;
}

namespace krgboot::model {

using Octets = std::bitset<256>;

/// The last octets of the addresses in a range.
Octets last_octets(const Ipv4Range& range) noexcept;

/// The host names of machines in pools with a host_prefix: the prefix and the last octet of the address, in
/// decimal.
class PoolNames {
 public:
  /// Reports pools that would give the same name to two machines: "pool.host_names_clash".
  void add(ClusterBuilder& cluster, std::size_t network);

  /// The network whose pool gives `name` to one of its machines.
  std::optional<std::size_t> find(const HostName& name) const;

 private:
  struct Names {
    Octets octets;
    std::size_t network = 0;
  };
  std::unordered_map<std::string, std::vector<Names>> by_prefix_;  // in lower case
};

}  // namespace krgboot::model
