#include "section_file.hpp"

#include "krgboot/base/text.hpp"

#include <utility>

namespace krgboot {

std::vector<SectionSetting> read_sections(std::string_view text) {
  std::vector<SectionSetting> settings;
  std::string section;
  std::string line;
  std::uint32_t number = 0;
  std::uint32_t begins = 0;
  auto is_comment = [](std::string_view part) {
    return !part.empty() && (part.front() == '#' || part.front() == ';');
  };
  for (auto raw : split_lines(text)) {
    ++number;
    auto part = trim(raw);
    if (line.empty()) begins = number;
    if (!is_comment(part) && part.ends_with('\\')) {
      line += part.substr(0, part.size() - 1);
      line += ' ';
      continue;
    }
    if (is_comment(part) && !line.empty()) continue;
    line += part;
    auto read = std::exchange(line, std::string());
    auto whole = trim(read);
    if (whole.empty() || is_comment(whole)) continue;
    if (whole.front() == '[') {
      section = trim(whole.substr(1, whole.find(']') - 1));
      continue;
    }
    auto equals = whole.find('=');
    if (equals == std::string_view::npos || section.empty()) continue;
    settings.push_back({section, std::string(trim(whole.substr(0, equals))),
                        std::string(trim(whole.substr(equals + 1))), begins});
  }
  return settings;
}

}  // namespace krgboot
