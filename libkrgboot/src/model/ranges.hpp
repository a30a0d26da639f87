#pragma once

#include "krgboot/net/ipv4.hpp"

#include <vector>

namespace krgboot::model {

/// The same addresses in ascending order; ranges that overlap or touch are joined.
std::vector<Ipv4Range> joined(std::vector<Ipv4Range> ranges);

/// Do `ranges`, sorted and joined as above, contain all of `range`?
bool covers(const std::vector<Ipv4Range>& ranges, const Ipv4Range& range) noexcept;

}  // namespace krgboot::model
