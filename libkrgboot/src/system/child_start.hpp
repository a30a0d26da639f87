#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "child.hpp"

namespace krgboot {

/// A program that runs, in a process group of its own.
struct StartedChild {
  pid_t process = -1;
  FileDescriptor process_descriptor;           ///< pidfd: readable when the program has ended
  FileDescriptor output;                       ///< read ends, non-blocking
  FileDescriptor errors;                       ///< none where merged
  std::optional<ChildSetup::Failure> failure;  ///< of `setup`: then nothing runs and nothing else is set
};

/// Throws IoError "run".
StartedChild start_child(const std::string& program, const std::vector<std::string>& argv,
                         const RunOptions& options, ChildSetup* setup);

}  // namespace krgboot
