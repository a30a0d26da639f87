#pragma once

#include "krgboot/system/process.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "pseudo_terminal.hpp"

namespace krgboot {

/// Work for the child between fork and exec. It must use only calls that are safe after a fork of a process
/// with threads: it allocates no memory and throws nothing.
class ChildSetup {
 public:
  struct Failure {
    int step = 0;   ///< the setup's number for the step; never negative
    int index = 0;  ///< index of the item that failed, as numbered by the setup
    int error_number = 0;
  };
  virtual ~ChildSetup() = default;
  /// nullopt: success.
  virtual std::optional<Failure> prepare() noexcept = 0;

  /// Does a keeper process of the setup stay between the caller and the program? It exits with the program's
  /// status, passes SIGTERM on, and on SIGUSR1 or the caller's death ends all processes that the program has
  /// started. It is never sent SIGKILL, so that it can clean up. With a keeper, the caller's child is the
  /// keeper, and `prepare` returns in a descendant of it.
  virtual bool has_keeper() const noexcept { return false; }
  /// The parent process after `prepare`; the program is not started if that process has died.
  virtual pid_t parent() const noexcept { return 0; }
};

/// A program with a known path and a given environment.
struct ChildProgram {
  std::string path;  ///< as the child sees it after the setup
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< complete: "NAME=value"
  PseudoTerminal* terminal =
      nullptr;                 ///< the setup makes this the program's terminal; it is relayed to the caller's
  std::vector<int> inherited;  ///< numbers of the descriptors it inherits besides the standard three
};

struct ChildOutcome {
  CommandResult result;
  std::optional<ChildSetup::Failure> failure;  ///< if set, the program was not started
};

/// As `run`, but does `setup` in the child first (nullptr: nothing).
ChildOutcome run_child(const std::vector<std::string>& argv, const RunOptions& options, ChildSetup* setup);

/// The same for a ChildProgram; ignores the environment in `options`. With a terminal there is no input, no
/// output and no timeout (see relay_terminal).
ChildOutcome run_child(const ChildProgram& program, const RunOptions& options, ChildSetup* setup);

/// Throws ArgumentError "command.empty", "command.argument", "command.environment" or "command.directory" for
/// values that cannot be passed to a program.
void check_command(const std::vector<std::string>& argv, const RunOptions& options);

/// Throws CommandError as `check_run` does, unless the status is 0.
CommandResult checked(CommandResult result, const std::vector<std::string>& argv);

}  // namespace krgboot
