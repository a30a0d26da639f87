#pragma once

#include <cstddef>
#include <functional>

namespace krgboot {

/// Calls `work(begin, end)` for ranges that together are [0, count), side by side on as many threads as this
/// process may use processors, but for no range shorter than `least` (1 or more): a short list is worked off
/// right here. Throws what the first of the ranges that failed has thrown, when all have ended.
void in_parallel(std::size_t count, std::size_t least,
                 const std::function<void(std::size_t begin, std::size_t end)>& work);

}  // namespace krgboot
