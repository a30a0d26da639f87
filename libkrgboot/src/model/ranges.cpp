#include "model/ranges.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace krgboot::model {

std::vector<Ipv4Range> joined(std::vector<Ipv4Range> ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::vector<Ipv4Range> result;
  for (const auto& range : ranges) {
    // Computed in 64 bits, so that 255.255.255.255 plus one does not wrap around to 0.0.0.0.
    if (!result.empty() &&
        std::uint64_t{range.first.bits()} <= std::uint64_t{result.back().last.bits()} + 1) {
      result.back().last = std::max(result.back().last, range.last);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

bool covers(const std::vector<Ipv4Range>& ranges, const Ipv4Range& range) noexcept {
  auto after = std::upper_bound(ranges.begin(), ranges.end(), range.first,
                                [](Ipv4Address address, const Ipv4Range& r) { return address < r.first; });
  if (after == ranges.begin()) return false;
  return range.last <= std::prev(after)->last;
}

}  // namespace krgboot::model
