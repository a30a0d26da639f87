#pragma once

#include "krgboot/export.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace krgboot {

/// How a program is run.
struct RunOptions {
  std::string input;  ///< text on standard input; empty: immediate end of file
  /// Used as standard input instead of `input`: the program gets a copy of this descriptor, such as the read
  /// end of a pipe. -1: none.
  int input_descriptor = -1;
  std::filesystem::path working_directory;                       ///< host path; empty: the caller's
  std::vector<std::pair<std::string, std::string>> environment;  ///< added to the caller's
  std::optional<std::chrono::milliseconds> timeout;              ///< nullopt: none
  bool merge_stderr = true;          ///< standard error goes to `output`; false: to `errors`
  std::size_t output_limit = 65536;  ///< bytes of output to keep: the last lines that fit

  /// Called for each line of standard output (and of standard error, if merged) as it arrives, without its
  /// newline. A line longer than 64 KiB arrives in pieces. If it throws, the program is killed and the
  /// exception passed on.
  std::function<void(std::string_view line)> on_line;
  /// Called with the bytes of standard output (and of standard error, if merged) as they arrive. May throw,
  /// like `on_line`.
  std::function<void(std::string_view bytes)> on_output;
  /// Called with the bytes of standard error, if not merged. May throw, like `on_line`.
  std::function<void(std::string_view bytes)> on_errors;
  /// Asked ten times a second; false ends the program like the timeout.
  std::function<bool()> keep_running;
};

/// How a program ended.
struct CommandResult {
  int status = 0;  ///< exit status, or 128 + signal
  std::string output;
  std::string errors;  ///< standard error, if not merged
  bool timed_out = false;
  bool cancelled = false;  ///< `keep_running` returned false
  friend bool operator==(const CommandResult&, const CommandResult&) = default;
};

/// Host path of the program `name`. It is searched in the absolute directories of PATH, then in
/// /usr/local/sbin, /usr/sbin, /sbin, /usr/local/bin, /usr/bin, /bin (a user's PATH on Debian lacks the sbin
/// directories). A name with '/' is used as a path. nullopt if there is no such executable file.
KRGBOOT_EXPORT std::optional<std::filesystem::path> find_program(const std::string& name);

/// Runs a program and waits for its end. No shell is involved: the program gets `argv`, and `find_program`
/// finds argv[0]. The program gets the three standard descriptors and no others, default signal handling, and
/// a process group of its own. It is killed when the calling thread dies. On timeout or cancellation its
/// process group gets SIGTERM, and SIGKILL two seconds later. A non-zero exit status is not an exception.
///
/// Throws ArgumentError "command.empty", "command.argument" for a NUL byte in an argument,
/// "command.environment" for an invalid variable, "command.directory" for a NUL byte in the working
/// directory; IoError "run" if the program is not found or does not start, "change to" if the working
/// directory cannot be entered.
KRGBOOT_EXPORT CommandResult run(const std::vector<std::string>& argv, const RunOptions& options = {});

/// Runs a program as `run` does, and throws CommandError "command.failed", "command.timed_out" or
/// "command.cancelled" unless the exit status is 0.
KRGBOOT_EXPORT CommandResult check_run(const std::vector<std::string>& argv, const RunOptions& options = {});

}  // namespace krgboot
