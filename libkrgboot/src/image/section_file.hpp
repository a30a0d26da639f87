#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// One NAME=VALUE of a file in [sections], as it is written, without the blanks around each part.
struct SectionSetting {
  std::string section;
  std::string name;
  std::string value;
  std::uint32_t line = 0;  ///< the first one, where `\` continues it
};

/// As systemd.syntax(7) has it: `[section]`, `NAME=VALUE`, lines that begin with `#` or `;` are comments, one
/// that ends in `\` goes on in the next. What stands before the first section and what is none of these is
/// left out, as systemd does.
std::vector<SectionSetting> read_sections(std::string_view text);

}  // namespace krgboot
