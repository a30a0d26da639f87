#pragma once

#include "krgboot/model/release.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// How a program tests its own configuration.
struct ConfigCheck {
  std::string name;     ///< of the check, for reports ("dhcpd") and codes ("dhcpd.check")
  std::string program;  ///< looked up on PATH
  std::string package;  ///< the package that installs the program
  Argv arguments;       ///< the command line, which contains the path of `file`
  std::string file;     ///< the main configuration file
  std::string folder;   ///< of the configuration: in a staged tree the host's own directory is hidden
  bool own_file_is_whole = false;  ///< krgboot's own file is a complete configuration
  bool newer_than_server = false;  ///< the installed program may reject what the server's version accepts
  /// Extracts the complaints about the configuration from the output.
  std::string (*complaints)(std::string_view output) = nullptr;
};

/// Every file that a program reads, keyed by its path without "//", "." and "..".
using ConfigTexts = std::map<std::string, std::string>;

}  // namespace krgboot
