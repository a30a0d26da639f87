#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "child.hpp"

namespace krgboot {

/// A running program, in its own process group.
struct StartedChild {
  pid_t process = -1;
  bool has_keeper = false;                     ///< `process` is not the program itself: see ChildSetup
  FileDescriptor process_descriptor;           ///< pidfd: readable when the program has ended
  FileDescriptor output;                       ///< read end, non-blocking
  FileDescriptor errors;                       ///< unset if merged into `output`
  std::optional<ChildSetup::Failure> failure;  ///< failure of `setup`: no program runs, and no other field is
                                               ///< set
};

/// Throws IoError "run".
StartedChild start_child(const ChildProgram& program, const RunOptions& options, ChildSetup* setup);

/// Sends `signal` (SIGTERM or SIGKILL) to the program and all processes that it has started.
void signal_all(const StartedChild& child, int signal) noexcept;

/// `descriptor`, or a copy of it above the standard three, which the child will replace. `program`: for error
/// messages. Throws IoError "run", also for an invalid descriptor.
FileDescriptor above_standard(int descriptor, const std::string& program);

/// Read end and write end of a pipe, above the standard three descriptors. Throws IoError "run".
std::pair<FileDescriptor, FileDescriptor> make_pipe(const std::string& program);

/// The caller's environment with the additions and replacements of `options`.
std::vector<std::string> environment_with(const RunOptions& options);

}  // namespace krgboot
