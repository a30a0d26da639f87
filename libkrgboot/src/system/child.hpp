#pragma once

#include "krgboot/system/process.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "pseudo_terminal.hpp"

namespace krgboot {

/// Something to do in the child between fork and exec. Only calls that are safe after a fork of a process
/// with threads: no memory is allocated, nothing throws.
class ChildSetup {
 public:
  struct Failure {
    int step = 0;   ///< what the setup calls it; never negative
    int index = 0;  ///< which one of several, as the setup counts
    int error_number = 0;
  };
  virtual ~ChildSetup() = default;
  /// nullopt: all went well.
  virtual std::optional<Failure> prepare() noexcept = 0;

  /// Does a process of the setup's own stay between the caller and the program? It ends as the program did,
  /// passes SIGTERM on, ends everything that the program has started on SIGUSR1 and when the caller dies, and
  /// is never sent SIGKILL, so that it can clear up. The caller's child is then this keeper, and `prepare`
  /// comes back in a process further down.
  virtual bool has_keeper() const noexcept { return false; }
  /// After `prepare`: who must be alive for the program to be started.
  virtual pid_t parent() const noexcept { return 0; }
};

/// A program to start, where it is not simply found and run with the caller's environment.
struct ChildProgram {
  std::string path;  ///< as the child sees it once the setup is done
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< all of it: "NAME=value"
  PseudoTerminal* terminal =
      nullptr;                 ///< the setup gives the program this one, which the caller's is joined to
  std::vector<int> inherited;  ///< descriptors that it gets besides the three, by their numbers
};

struct ChildOutcome {
  CommandResult result;
  std::optional<ChildSetup::Failure> failure;  ///< the program was not started
};

/// As `run`, with `setup` done in the child first (nullptr: nothing).
ChildOutcome run_child(const std::vector<std::string>& argv, const RunOptions& options, ChildSetup* setup);

/// The same for a program that is known; the environment in `options` is not looked at. In a terminal there
/// is no input, no output and no timeout (see relay_terminal).
ChildOutcome run_child(const ChildProgram& program, const RunOptions& options, ChildSetup* setup);

/// Throws ArgumentError "command.empty", "command.argument", "command.environment", "command.directory" for
/// what no program can be given.
void check_command(const std::vector<std::string>& argv, const RunOptions& options);

/// Throws CommandError as `check_run` does, unless the status is 0.
CommandResult checked(CommandResult result, const std::vector<std::string>& argv);

}  // namespace krgboot
