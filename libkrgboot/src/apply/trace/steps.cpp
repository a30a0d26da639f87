#include "steps.hpp"

#include "services/say.hpp"

namespace krgboot::tracing {

void Steps::say(BootStage stage, StepStatus status, std::string what, std::string why, std::string hint) {
  list_.push_back({stage, status, std::move(what), std::move(why), std::move(hint)});
}

void Steps::say_all(BootStage stage, const Diagnostics& findings) {
  krgboot::say_all(list_, stage, findings);
}

}  // namespace krgboot::tracing
