#pragma once

#include "krgboot/apply/trace.hpp"
#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/error.hpp"

#include <string>
#include <vector>

#include "apply/image_fault.hpp"

namespace krgboot::tracing {

/// What the stages of one trace say, in order.
class Steps {
 public:
  void add(TraceStep step) { list_.push_back(std::move(step)); }
  void say(BootStage stage, StepStatus status, std::string what, std::string why = "", std::string hint = "");

  /// One step for each finding, `broken` for errors and `warning` for the rest; beyond 50, one step says how
  /// many more there are.
  void say_all(BootStage stage, const Diagnostics& findings);

  /// Returns what `follow` returns. Where it throws because of a file on the disk, that becomes a step with
  /// status `on_fault`, and the result is an empty one: whoever fills an image must not end the traces of
  /// other machines.
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
