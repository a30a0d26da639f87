#include "dhcpcd_conf.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

namespace krgboot::dhcpcd_conf {

bool is_persistent(std::string_view text) {
  constexpr std::array<std::string_view, 3> sections = {"interface", "ssid", "profile"};
  for (auto line : split_lines(text)) {
    auto words = trim(line);
    auto word = words.substr(0, words.find_first_of(" \t#"));
    if (word == "persistent") return true;
    if (std::find(sections.begin(), sections.end(), word) != sections.end()) return false;
  }
  return false;
}

std::string with_persistent(std::string_view text) {
  constexpr std::string_view lines =
      "# Written by krgboot: one of these cards carries the NFS root.\npersistent\n";
  return std::string(lines).append(text);
}

}  // namespace krgboot::dhcpcd_conf
