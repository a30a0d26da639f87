#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "measures.hpp"
#include "sample_cluster.hpp"

namespace bench {

/// Peak memory up to the end of a step, in MiB.
struct Peak {
  std::string step;
  double mebibytes;
};

/// Runs every step `repetitions` times, each beside its bare loop, in new trees below `directory`.
std::vector<Measure> measure(std::size_t nodes, Form form, unsigned repetitions,
                             const std::string& directory);

/// Runs the same steps once, without bare loops. Call it in a child process.
std::vector<Peak> peaks(std::size_t nodes, Form form, const std::string& directory);

/// Runs one first apply with the daemons' own checks; returns a line to print.
std::string with_checks(std::size_t nodes, const std::string& directory);

}  // namespace bench
