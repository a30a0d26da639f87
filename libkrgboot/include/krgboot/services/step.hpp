#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// The stages of a boot, in order. Traces and the logs of real boots use the same names.
enum class BootStage {
  dhcp,       ///< address and boot server of the machine
  loader,     ///< the loader and the modules that it needs
  boot_file,  ///< the file that tells the loader what to boot
  kernel,
  initrd,
  command_line,  ///< the kernel command line
  root,          ///< the export of the root file system
  init,          ///< the program in the image that the kernel or the initrd starts
  mounts,        ///< the mounts of the image's fstab
  login,         ///< sshd, or a getty on the console
};
KRGBOOT_EXPORT std::string to_string(BootStage stage);

/// The result of a step, in ascending order of severity.
enum class StepStatus {
  ok,
  warning,
  unknown,  ///< what happens from here on cannot be determined; the step says why
  broken
};
KRGBOOT_EXPORT std::string to_string(StepStatus status);

/// One step of a boot.
struct TraceStep {
  BootStage stage = BootStage::dhcp;
  StepStatus status = StepStatus::ok;
  std::string what;       ///< "192.168.0.101 from host ssi1"
  std::string why = {};   ///< the file and line responsible, or the fault; may be empty
  std::string hint = {};  ///< how to correct it; may be empty
  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

}  // namespace krgboot
