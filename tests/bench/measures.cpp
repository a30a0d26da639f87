#include "measures.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace bench {

double Times::median() const {
  auto sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  auto middle = sorted.size() / 2;
  return sorted.size() % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double Times::minimum() const {
  return *std::min_element(times_.begin(), times_.end());
}

void print_head() {
  fmt::print("{:>7} {:<8} {:<28} {:>10} {:>10} {:>8}  {:<22} {:>10} {:>10} {:>6} {:>6}\n", "nodes", "entries",
             "step", "median ms", "least ms", "us/node", "floor", "median ms", "least ms", "ratio", "least");
}

void print(const std::vector<Measure>& measures, std::size_t nodes, const char* form) {
  for (const auto& [step, times, floor_name, floor] : measures) {
    auto per_node = times.median() * 1000 / static_cast<double>(nodes);
    fmt::print("{:>7} {:<8} {:<28} {:>10.2f} {:>10.2f} {:>8.2f}", nodes, form, step, times.median(),
               times.minimum(), per_node);
    if (!floor.empty()) {
      fmt::print("  {:<22} {:>10.2f} {:>10.2f} {:>6.2f} {:>6.2f}", floor_name, floor.median(),
                 floor.minimum(), times.median() / floor.median(), times.minimum() / floor.minimum());
    }
    fmt::print("\n");
  }
}

}  // namespace bench
