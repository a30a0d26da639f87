#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::tftpd_hpa {

/// The arguments of in.tftpd(8), as getopt_long reads them.
struct CommandLine {
  bool secure = false;
  bool listen = false;
  std::optional<std::string> address;
  std::optional<std::string> username;
  std::vector<std::string> directories;
  /// Nothing can be appended: the last option lacks its argument (it is not in `others`, and in.tftpd rejects
  /// it), or "--" has ended the options.
  bool incomplete = false;
  std::vector<std::string> others;  ///< all other options, each followed by its argument
};

/// The words of an unquoted value, as split by the shell, and by systemd for `$NAME`.
std::vector<std::string> split_words(std::string_view value);

CommandLine parse_command_line(const std::vector<std::string>& words);

}  // namespace krgboot::tftpd_hpa
