#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// One NAME=VALUE of a file with [sections], without the blanks around each part.
struct SectionSetting {
  std::string section;
  std::string name;
  std::string value;
  std::uint32_t line = 0;  ///< the first line, if `\` continues it
};

/// Parses the format of systemd.syntax(7): `[section]`, `NAME=VALUE`; lines that begin with `#` or `;` are
/// comments, a line that ends in `\` continues in the next. Ignores lines before the first section and lines
/// of no known form, as systemd does.
std::vector<SectionSetting> read_sections(std::string_view text);

}  // namespace krgboot
