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

struct RunOptions {
  std::string input;  ///< standard input; empty: end of file at once
  /// Standard input in place of `input`: the program gets a copy of this descriptor of the caller's, such as
  /// the reading end of a pipe. -1: none.
  int input_descriptor = -1;
  std::filesystem::path working_directory;                       ///< host path; empty: the caller's
  std::vector<std::pair<std::string, std::string>> environment;  ///< set in addition to the caller's
  std::optional<std::chrono::milliseconds> timeout;              ///< nullopt: none
  bool merge_stderr = true;          ///< standard error goes into `output`; else into `errors`
  std::size_t output_limit = 65536;  ///< bytes of output to keep: the last lines that fit

  /// Called for each line of standard output (and standard error, where merged) as it comes, without its
  /// newline. A line longer than 64 KiB comes in pieces. May throw: the program is killed and the exception
  /// goes on.
  std::function<void(std::string_view line)> on_line;
  /// Called with the bytes of standard output (and standard error, where merged) as they come, and with those
  /// of standard error where it is not merged. May throw, as `on_line`.
  std::function<void(std::string_view bytes)> on_output;
  std::function<void(std::string_view bytes)> on_errors;
  /// Asked ten times a second; false ends the program as the timeout does.
  std::function<bool()> keep_running;
};

struct CommandResult {
  int status = 0;  ///< exit status, or 128 + signal
  std::string output;
  std::string errors;  ///< standard error where not merged
  bool timed_out = false;
  bool cancelled = false;
  friend bool operator==(const CommandResult&, const CommandResult&) = default;
};

/// Path of the program `name`: looked for in PATH, then /usr/local/sbin, /usr/sbin, /sbin, /usr/local/bin,
/// /usr/bin, /bin (a user's PATH on Debian lacks the sbin directories). A name with '/' is taken as it is.
/// nullopt where no such executable file is found.
KRGBOOT_EXPORT std::optional<std::filesystem::path> find_program(const std::string& name);

/// Runs a program to its end. Never a shell: `argv` is what the program gets; argv[0] is found by
/// `find_program`. The program gets the three standard descriptors and no other, default signal handling, and
/// a process group of its own; it is killed when the calling thread dies. On timeout or cancellation the
/// group gets SIGTERM, two seconds later SIGKILL. A failing program is no exception here. Throws
/// ArgumentError "command.empty", IoError "run" where the program cannot be found or started.
KRGBOOT_EXPORT CommandResult run(const std::vector<std::string>& argv, const RunOptions& options = {});

/// The same; throws CommandError ("command.failed", "command.timed_out", "command.cancelled") unless status
/// is 0.
KRGBOOT_EXPORT CommandResult check_run(const std::vector<std::string>& argv, const RunOptions& options = {});

}  // namespace krgboot
