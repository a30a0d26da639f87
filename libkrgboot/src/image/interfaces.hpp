#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// What ifupdown's /etc/network/interfaces and the files that it reads besides say (interfaces(5)): which
/// cards are configured while a machine starts.
class Interfaces {
 public:
  /// A file that is read besides, in the place where it is named.
  struct Source {
    std::string path;           ///< as it is written, not empty; may hold the wildcards of wordexp(3)
    bool is_directory = false;  ///< source-directory: its files whose names are of letters, digits, _ and -
  };

  /// One file's text; what it reads besides.
  std::vector<Source> add(std::string_view text);

  /// Cards that are brought up otherwise than by the methods "manual" and "loopback": names, and patterns
  /// where a line gives them a stanza of another name. Ascending.
  std::vector<std::string> configured() const;

 private:
  std::vector<std::string> brought_up_;  ///< names, and patterns of fnmatch(3) behind a '/'
  std::vector<std::string> stanzas_;
};

}  // namespace krgboot
