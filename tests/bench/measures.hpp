#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// Milliseconds by the clock on the wall, and of them those that a processor worked for us. On a busy machine
/// only the latter say something.
struct Time {
  double wall = 0;
  double cpu = 0;
};

Time now();

/// What `work` takes.
template <class Work>
Time time_of(Work work) {
  auto start = now();
  work();
  auto end = now();
  return {end.wall - start.wall, end.cpu - start.cpu};
}

/// What repetitions of one step took.
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

/// One line of the table: a step and the bare loop that does the least of it.
struct Measure {
  std::string step;
  Times times;
  std::string floor_name;  ///< empty: there is none
  Times floor;
};

void print_head();
void print(const std::vector<Measure>& measures, std::size_t nodes, const char* form);

}  // namespace bench
