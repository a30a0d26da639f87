#pragma once

#include "krgboot/net/ipv4.hpp"

#include <vector>

namespace krgboot::model {

/// The same addresses, ascending, with what overlaps or touches joined.
std::vector<Ipv4Range> joined(std::vector<Ipv4Range> ranges);

/// Do `ranges`, joined as above, hold all of `range`?
bool covers(const std::vector<Ipv4Range>& ranges, const Ipv4Range& range) noexcept;

}  // namespace krgboot::model
