#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// Cards that ifupdown configures at boot, according to /etc/network/interfaces and the files that it
/// includes (interfaces(5)).
class Interfaces {
 public:
  /// A file that is included at the place of the line that names it.
  struct Source {
    std::string path;           ///< as written, not empty; may contain the wildcards of wordexp(3)
    bool is_directory = false;  ///< source-directory: includes the files in it whose names consist of
                                ///< letters, digits, _ and -
  };

  /// Adds the text of one file; returns the files that it includes.
  std::vector<Source> add(std::string_view text);

  /// Cards that are brought up by a method other than "manual" and "loopback": names, and patterns if a line
  /// assigns the cards a stanza of another name. Ascending.
  std::vector<std::string> configured() const;

 private:
  std::vector<std::string> brought_up_;  ///< names, and patterns of fnmatch(3) after a '/'
  std::vector<std::string> stanzas_;
};

}  // namespace krgboot
