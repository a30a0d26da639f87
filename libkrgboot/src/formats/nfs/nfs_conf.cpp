#include "krgboot/formats/nfs/nfs_conf.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace krgboot {

namespace {

/// The values that conf_get_bool of nfs-utils reads as no.
bool is_no(std::string_view value) {
  constexpr std::array<std::string_view, 6> words = {"0", "f", "false", "n", "no", "off"};
  auto lower = to_lower(value);
  return std::find(words.begin(), words.end(), lower) != words.end();
}

/// One line, joined with its continuation lines.
struct WholeLine {
  std::string text;
  std::uint32_t number = 0;  // of its first line
};

/// A last line without a newline is ignored.
std::vector<WholeLine> whole_lines(std::string_view text) {
  std::vector<WholeLine> lines;
  std::string whole;
  std::uint32_t number = 0;
  std::uint32_t begins = 0;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++number;
    if (whole.empty()) begins = number;
    auto goes_on = line.ends_with('\\');
    whole += line.substr(0, line.size() - (goes_on ? 1 : 0));
    whole += ' ';
    if (!goes_on) lines.push_back({std::exchange(whole, {}), begins});
  }
  return lines;
}

/// The value up to a comment, or inside quotes; empty if there is none or if a quote is not closed.
std::string_view value_in(std::string_view text) {
  text = trim(text);
  if (text.empty()) return text;
  if (text.front() != '"' && text.front() != '\'') return trim(text.substr(0, text.find_first_of("#;")));
  auto end = text.find(text.front(), 1);
  return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
}

}  // namespace

// Matches the output of nfsconf(8) of nfs-utils 2.6.2.
void NfsConf::add(std::string_view text, const std::string& file) {
  std::string section;
  for (const auto& [whole, number] : whole_lines(text)) {
    auto line = trim(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      auto end = line.find(']');
      section = end == std::string_view::npos ? "" : to_lower(trim(line.substr(1, end - 1)));
      continue;
    }
    auto equals = line.find('=');
    if (equals == std::string_view::npos || section.empty()) continue;
    auto value = value_in(line.substr(equals + 1));
    if (value.empty()) continue;  // an earlier value stays valid
    settings_.push_back(
        {section, to_lower(trim(line.substr(0, equals))), {std::string(value), {file, {number, 1}}}});
  }
}

const NfsConfSetting* NfsConf::find(std::string_view section, std::string_view name) const {
  auto last = std::find_if(settings_.rbegin(), settings_.rend(),
                           [&](const Named& each) { return each.section == section && each.name == name; });
  if (last == settings_.rend()) return nullptr;
  const auto& value = last->setting.value;
  return value.front() == '$' && section != "environment" ? find("environment", to_lower(value.substr(1)))
                                                          : &last->setting;
}

std::optional<Location> NfsConf::switches_off(int version) const {
  const auto* setting = find("nfsd", fmt::format("vers{}", version));
  if (setting == nullptr || !is_no(setting->value)) return std::nullopt;
  return setting->where;
}

}  // namespace krgboot
