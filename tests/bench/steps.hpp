#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "measures.hpp"
#include "sample_cluster.hpp"

namespace bench {

/// Peak of memory so far after a step, in MiB.
struct Peak {
  std::string step;
  double mebibytes;
};

/// Every step, `repetitions` times, each beside its floor, in fresh trees below `directory`.
std::vector<Measure> measure(std::size_t nodes, Form form, unsigned repetitions,
                             const std::string& directory);

/// The same steps once, with nothing beside them. To be called in a process of its own.
std::vector<Peak> peaks(std::size_t nodes, Form form, const std::string& directory);

/// One first apply with the daemons' own checks, as a line to print.
std::string with_checks(std::size_t nodes, const std::string& directory);

}  // namespace bench
