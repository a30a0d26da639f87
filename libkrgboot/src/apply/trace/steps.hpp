#pragma once

#include "krgboot/apply/trace.hpp"
#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/error.hpp"

#include <string>
#include <vector>

#include "apply/image_fault.hpp"

namespace krgboot::tracing {

/// The steps of one trace, in order.
class Steps {
 public:
  void add(TraceStep step) { list_.push_back(std::move(step)); }
  void say(BootStage stage, StepStatus status, std::string what, std::string why = "", std::string hint = "");

  /// One step for each finding, `broken` for errors and `warning` for others; after 50 steps, one more gives
  /// the number of the rest.
  void say_all(BootStage stage, const Diagnostics& findings);

  /// Returns the result of `follow`. An error caused by a file on the disk becomes a step with status
  /// `on_fault`, and the result is empty: a hostile image must not end the traces of other machines.
  template <class Follow>
  auto follow(BootStage stage, StepStatus on_fault, Follow follow) -> decltype(follow()) {
    try {
      return follow();
    } catch (const Error& error) {
      rethrow_unless_of_files(error);
      say(stage, on_fault, error.what(), error.code());
      return decltype(follow())();
    }
  }

  std::vector<TraceStep> take() { return std::move(list_); }

 private:
  std::vector<TraceStep> list_;
};

}  // namespace krgboot::tracing
