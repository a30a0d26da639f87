#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// Wall-clock time and CPU time of this process in milliseconds. On a busy machine only the CPU time is
/// meaningful.
struct Time {
  double wall = 0;
  double cpu = 0;
};

Time now();

/// Time that `work` takes.
template <class Work>
Time time_of(Work work) {
  auto start = now();
  work();
  auto end = now();
  return {end.wall - start.wall, end.cpu - start.cpu};
}

/// Times of the repetitions of one step.
class Times {
 public:
  void add(const Time& time) { times_.push_back(time); }
  bool empty() const noexcept { return times_.empty(); }
  Time median() const;
  Time minimum() const;

 private:
  std::vector<double> sorted(double Time::*member) const;
  std::vector<Time> times_;
};

/// One line of the table: a step, and the bare loop with its minimum.
struct Measure {
  std::string step;
  Times times;
  std::string floor_name;  ///< empty: no bare loop
  Times floor;
};

void print_head();
void print(const std::vector<Measure>& measures, std::size_t nodes, const char* form);

}  // namespace bench
