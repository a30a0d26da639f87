#include "measures.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace bench {

Time now() {
  auto read = [](clockid_t clock) {
    struct timespec time {};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  return {read(CLOCK_MONOTONIC), read(CLOCK_PROCESS_CPUTIME_ID)};
}

std::vector<double> Times::sorted(double Time::*member) const {
  std::vector<double> values;
  for (const auto& time : times_) values.push_back(time.*member);
  std::sort(values.begin(), values.end());
  return values;
}

Time Times::median() const {
  auto middle_of = [](const std::vector<double>& values) {
    auto middle = values.size() / 2;
    return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  };
  return {middle_of(sorted(&Time::wall)), middle_of(sorted(&Time::cpu))};
}

Time Times::minimum() const {
  return {sorted(&Time::wall).front(), sorted(&Time::cpu).front()};
}

void print_head() {
  fmt::print("{:>37} {:<31} {:^25}  {:^20}\n", "", "milliseconds", "floor, milliseconds", "times the floor");
  fmt::print("{:>6} {:<8} {:<21} {:>9} {:>8} {:>8} {:>6}  {:<15} {:>8} {:>8} {:>8}  {:>6} {:>6} {:>6}\n",
             "nodes", "entries", "step", "median", "least", "cpu", "us/n", "", "median", "least", "cpu",
             "median", "least", "cpu");
}

void print(const std::vector<Measure>& measures, std::size_t nodes, const char* form) {
  for (const auto& [step, times, floor_name, floor] : measures) {
    auto median = times.median();
    auto least = times.minimum();
    fmt::print("{:>6} {:<8} {:<21} {:>9.2f} {:>8.2f} {:>8.2f} {:>6.2f}", nodes, form, step, median.wall,
               least.wall, median.cpu, median.cpu * 1000 / static_cast<double>(nodes));
    if (!floor.empty()) {
      auto floor_median = floor.median();
      auto floor_least = floor.minimum();
      fmt::print("  {:<15} {:>8.2f} {:>8.2f} {:>8.2f}  {:>6.2f} {:>6.2f} {:>6.2f}", floor_name,
                 floor_median.wall, floor_least.wall, floor_median.cpu, median.wall / floor_median.wall,
                 least.wall / floor_least.wall, median.cpu / floor_median.cpu);
    }
    fmt::print("\n");
  }
}

}  // namespace bench
