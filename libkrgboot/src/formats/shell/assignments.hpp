#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::shell {

/// NAME=VALUE in a file that sh, or systemd as an EnvironmentFile, reads.
struct Assignment {
  std::string name;
  std::string value;            ///< without quotes and escapes
  bool known = true;            ///< false: it takes a shell to know the value
  std::size_t begin = 0;        ///< byte offset of the name
  std::size_t value_begin = 0;  ///< of what stands behind the '=', quotes included
  std::size_t value_end = 0;
};

/// A word of a shell command.
struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;  ///< without quotes and escapes
  bool known = true;
  std::size_t equals = 0;  ///< offset of the '=' of NAME=VALUE; 0: no assignment
  std::string name;        ///< before that
  std::string value;       ///< behind it
};

struct Command {
  std::vector<Word> words;
  bool complex = false;  ///< has a redirection, a pipe or parentheses
};

/// The text as a list of simple commands, the way POSIX sh cuts it (XCU, 2.3 and 2.10).
struct ShellReading {
  std::vector<Command> commands;
  /// Where sh gives up: a quote or bracket that is never closed, a ';' behind nothing. That line and all
  /// behind are left out.
  std::optional<std::size_t> syntax_error;
};
ShellReading read_as_sh(std::string_view text);

/// The assignments that still stand once all commands have run, in the order of the text.
std::vector<Assignment> assignments(const ShellReading& reading);

/// The assignments of a systemd EnvironmentFile (systemd.exec(5), EnvironmentFile=).
std::vector<Assignment> read_as_systemd(std::string_view text);

/// Is this a name that a variable can have?
bool is_variable(std::string_view name) noexcept;

}  // namespace krgboot::shell
