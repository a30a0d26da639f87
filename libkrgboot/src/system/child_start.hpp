#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "child.hpp"

namespace krgboot {

/// A program that runs, in a process group of its own.
struct StartedChild {
  pid_t process = -1;
  bool has_keeper = false;                     ///< `process` is not the program itself: see ChildSetup
  FileDescriptor process_descriptor;           ///< pidfd: readable when the program has ended
  FileDescriptor output;                       ///< read ends, non-blocking
  FileDescriptor errors;                       ///< none where merged
  std::optional<ChildSetup::Failure> failure;  ///< of `setup`: then nothing runs and nothing else is set
};

/// Throws IoError "run".
StartedChild start_child(const ChildProgram& program, const RunOptions& options, ChildSetup* setup);

/// SIGTERM or SIGKILL for the program and all that it has started.
void signal_all(const StartedChild& child, int signal) noexcept;

/// `descriptor`, or a copy of it above the three standard ones, which a child is going to replace. `program`:
/// for errors. Throws IoError "run", by errno where `descriptor` is none.
FileDescriptor above_standard(int descriptor, const std::string& program);

/// Both ends of a pipe, reading and writing, above the three standard ones. Throws IoError "run".
std::pair<FileDescriptor, FileDescriptor> make_pipe(const std::string& program);

/// The caller's environment with what `options` adds or replaces.
std::vector<std::string> environment_with(const RunOptions& options);

}  // namespace krgboot
