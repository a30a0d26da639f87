#pragma once

#include "krgboot/net/ipv4.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace krgboot::model {

/// Finds the network that contains an address, in logarithmic time. If networks overlap (an error in the
/// spec), only the largest one is kept, so that the error is not reported again for every address.
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
