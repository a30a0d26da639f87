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
  bool known = true;            ///< false: only a shell can determine the value
  std::size_t begin = 0;        ///< byte offset of the name
  std::size_t value_begin = 0;  ///< offset after the '=', of the value with its quotes
  std::size_t value_end = 0;
};

/// A word of a shell command.
struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;  ///< without quotes and escapes
  bool known = true;
  std::size_t equals = 0;  ///< offset of the '=' in NAME=VALUE; 0: not an assignment
  std::string name;        ///< the text before the '='
  std::string value;       ///< the text after the '='
};

struct Command {
  std::vector<Word> words;
  bool complex = false;  ///< has a redirection, a pipe or parentheses
};

/// The text as a list of simple commands, split as POSIX sh does (XCU, 2.3 and 2.10).
struct ShellReading {
  std::vector<Command> commands;
  /// Offset of a syntax error: an unclosed quote or bracket, or a ';' without a command. This line and all
  /// later lines are left out.
  std::optional<std::size_t> syntax_error;
};
ShellReading read_as_sh(std::string_view text);

/// The assignments in effect after all commands have run, in the order of the text.
std::vector<Assignment> assignments(const ShellReading& reading);

/// The assignments of a systemd EnvironmentFile (systemd.exec(5), EnvironmentFile=).
std::vector<Assignment> read_as_systemd(std::string_view text);

/// Is this a valid variable name?
bool is_variable(std::string_view name) noexcept;

}  // namespace krgboot::shell
