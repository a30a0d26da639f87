#pragma once

#include "krgboot/system/process.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Something to do in the child between fork and exec. Only calls that are safe after a fork of a process
/// with threads: no memory is allocated, nothing throws.
class ChildSetup {
 public:
  struct Failure {
    int step = 0;   ///< what the setup calls it; never negative
    int index = 0;  ///< which one of several, as the setup counts
    int error_number = 0;
  };
  virtual ~ChildSetup() = default;
  /// nullopt: all went well.
  virtual std::optional<Failure> prepare() noexcept = 0;
};

struct ChildOutcome {
  CommandResult result;
  std::optional<ChildSetup::Failure> failure;  ///< the program was not started
};

/// As `run`, with `setup` done in the child first (nullptr: nothing).
ChildOutcome run_child(const std::vector<std::string>& argv, const RunOptions& options, ChildSetup* setup);

}  // namespace krgboot
