#pragma once

#include "krgboot/model/release.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// How a program tests its own configuration.
struct ConfigCheck {
  std::string name;     ///< of the check in reports and codes: "dhcpd", "dhcpd.check"
  std::string program;  ///< looked up on PATH
  std::string package;  ///< that installs it
  Argv arguments;       ///< in which `file` stands by its path
  std::string file;     ///< the main configuration file
  std::string folder;   ///< of the configuration: in a staged tree, nothing of the host's is seen there
  bool own_file_is_whole = false;  ///< krgboot's own file is a configuration in itself
  bool newer_than_server = false;  ///< the program installed here may refuse what the server's takes
  /// Of its output, what it has against the configuration.
  std::string (*complaints)(std::string_view output) = nullptr;
};

/// Every file that a program reads, by its path without "//", "." and "..".
using ConfigTexts = std::map<std::string, std::string>;

}  // namespace krgboot
