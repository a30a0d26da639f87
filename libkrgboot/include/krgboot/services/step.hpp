#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// The stages of a boot, in order. Traces and real boots use the same words.
enum class BootStage {
  dhcp,       ///< an address, and where to boot from
  loader,     ///< the loader and what it needs beside it
  boot_file,  ///< what the loader reads to know what to boot
  kernel,
  initrd,
  command_line,  ///< what the kernel is told
  root,          ///< the export that the root file system comes from
  init,          ///< the program of the image that the kernel, or the initrd, hands over to
  mounts,        ///< what the image's fstab mounts
  login,         ///< sshd, or a getty on the console
};
KRGBOOT_EXPORT std::string to_string(BootStage stage);

/// In ascending order.
enum class StepStatus {
  ok,
  warning,
  unknown,  ///< nobody can tell what happens from here on; the step says why
  broken
};
KRGBOOT_EXPORT std::string to_string(StepStatus status);

/// One thing that happens on the way, or would not.
struct TraceStep {
  BootStage stage = BootStage::dhcp;
  StepStatus status = StepStatus::ok;
  std::string what;       ///< "192.168.0.101 from host ssi1"
  std::string why = {};   ///< which file and line says so, or what is wrong; may be empty
  std::string hint = {};  ///< what to do about it; may be empty
  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

}  // namespace krgboot
