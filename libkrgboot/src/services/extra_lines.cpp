#include "services/extra_lines.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

std::string extra_key(const std::string& key, std::size_t line) {
  return fmt::format("{}[{}]", key, line);
}

bool check_control(model::Report& report, const SpecItem<std::string>& line, const std::string& key) {
  auto without_tabs = line.value;
  std::replace(without_tabs.begin(), without_tabs.end(), '\t', ' ');
  if (!has_control(without_tabs)) return true;
  report.error(line.at, key, "extra.control",
               fmt::format("the line {} holds a control character", in_quotes(line.value)),
               "write each line as an element of its own");
  return false;
}

}  // namespace krgboot
