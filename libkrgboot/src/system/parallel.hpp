#pragma once

#include <cstddef>
#include <functional>

namespace krgboot {

/// Calls `work(begin, end)` for ranges that together cover [0, count), on one thread for each processor that
/// this process may use. No range is shorter than `least` (1 or more); a short list is processed in the
/// calling thread. When all ranges have ended, throws the error of the first range that failed.
void in_parallel(std::size_t count, std::size_t least,
                 const std::function<void(std::size_t begin, std::size_t end)>& work);

}  // namespace krgboot
