#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// Milliseconds that `work` takes.
template <class Work>
double milliseconds(Work work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// What repetitions of one step took, in milliseconds.
class Times {
 public:
  void add(double time) { times_.push_back(time); }
  bool empty() const noexcept { return times_.empty(); }
  double median() const;
  double minimum() const;

 private:
  std::vector<double> times_;
};

/// One line of the table: a step and the bare loop that does the least of it.
struct Measure {
  std::string step;
  Times times;
  std::string floor_name;  ///< empty: there is none
  Times floor;
};

/// The median of the ratios would hide what a busy machine does to either side: both are printed.
void print_head();
void print(const std::vector<Measure>& measures, std::size_t nodes, const char* form);

}  // namespace bench
