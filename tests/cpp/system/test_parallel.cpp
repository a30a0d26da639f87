#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "system/parallel.hpp"

using krgboot::in_parallel;

TEST_CASE("the ranges cover everything once") {
  auto count = GENERATE(0, 1, 2, 99, 100, 101, 1000, 4321);
  auto least = GENERATE(1, 100, 5000);
  std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
  std::atomic<int> short_ranges = 0;
  in_parallel(visits.size(), static_cast<std::size_t>(least), [&](std::size_t begin, std::size_t end) {
    if (end - begin < std::min<std::size_t>(visits.size(), static_cast<std::size_t>(least))) ++short_ranges;
    for (auto i = begin; i < end; ++i) ++visits[i];
  });
  CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }));
  CHECK(short_ranges == 0);
}

TEST_CASE("the error of a range is thrown after all ranges are done") {
  std::atomic<std::size_t> done = 0;
  auto work = [&](std::size_t begin, std::size_t end) {
    done += end - begin;
    if (end == 10000) throw std::runtime_error("the last");
    if (begin == 0) throw std::runtime_error("the first");
  };
  CHECK_THROWS_WITH(in_parallel(10000, 1, work),
                    std::thread::hardware_concurrency() > 1 ? "the first" : "the last");
  CHECK(done == 10000);
}
