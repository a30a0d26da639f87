#include "krgboot/services/step.hpp"

#include "krgboot/base/error.hpp"

namespace krgboot {

std::string to_string(BootStage stage) {
  switch (stage) {
    case BootStage::dhcp:
      return "dhcp";
    case BootStage::loader:
      return "loader";
    case BootStage::boot_file:
      return "boot_file";
    case BootStage::kernel:
      return "kernel";
    case BootStage::initrd:
      return "initrd";
    case BootStage::command_line:
      return "command_line";
    case BootStage::root:
      return "root";
    case BootStage::init:
      return "init";
    case BootStage::mounts:
      return "mounts";
    case BootStage::login:
      return "login";
  }
  throw InternalError("a stage without a name");
}

std::string to_string(StepStatus status) {
  switch (status) {
    case StepStatus::ok:
      return "ok";
    case StepStatus::warning:
      return "warning";
    case StepStatus::unknown:
      return "unknown";
    case StepStatus::broken:
      return "broken";
  }
  throw InternalError("a status without a name");
}

}  // namespace krgboot
