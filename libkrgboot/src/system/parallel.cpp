#include "parallel.hpp"

#include <algorithm>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace krgboot {

void in_parallel(std::size_t count, std::size_t least,
                 const std::function<void(std::size_t begin, std::size_t end)>& work) {
  auto processors = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  auto ranges = std::clamp<std::size_t>(count / least, 1, processors);
  std::vector<std::exception_ptr> failures(ranges);
  auto do_range = [&](std::size_t range) {
    try {
      work(count * range / ranges, count * (range + 1) / ranges);
    } catch (...) {
      failures[range] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(ranges);
  std::size_t next = 1;
  try {
    for (; next < ranges; ++next) threads.emplace_back(do_range, next);
  } catch (const std::system_error&) {
    // No more threads available: this thread does the rest.
  }
  do_range(0);
  for (; next < ranges; ++next) do_range(next);
  for (auto& thread : threads) thread.join();
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace krgboot
