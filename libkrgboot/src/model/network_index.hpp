#pragma once

#include "krgboot/net/ipv4.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace krgboot::model {

/// Finds the network that holds an address, in logarithmic time. Of networks that overlap (an error of the
/// spec) it keeps the largest, so that the fault is not reported once more for every address.
class NetworkIndex {
 public:
  NetworkIndex() = default;

  struct Entry {
    Ipv4Network subnet;
    std::size_t index;  // into Spec::networks
  };
  explicit NetworkIndex(std::vector<Entry> entries) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      if (a.subnet.network() != b.subnet.network()) return a.subnet.network() < b.subnet.network();
      return a.subnet.prefix_length() < b.subnet.prefix_length();
    });
    for (const auto& entry : entries) {
      if (entries_.empty() || !entries_.back().subnet.overlaps(entry.subnet)) entries_.push_back(entry);
    }
  }

  std::optional<std::size_t> find(Ipv4Address address) const noexcept {
    auto after =
        std::upper_bound(entries_.begin(), entries_.end(), address,
                         [](Ipv4Address a, const Entry& entry) { return a < entry.subnet.network(); });
    if (after == entries_.begin()) return std::nullopt;
    const auto& entry = *std::prev(after);
    if (!entry.subnet.contains(address)) return std::nullopt;
    return entry.index;
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace krgboot::model
