#include "krgboot/formats/nfs_conf.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/section_file.hpp"

namespace krgboot {

namespace {

/// nfs-utils' words for no, as its conf_get_bool reads them.
bool is_no(std::string_view value) {
  constexpr std::array<std::string_view, 6> words = {"0", "f", "false", "n", "no", "off"};
  auto lower = to_lower(value);
  return std::find(words.begin(), words.end(), lower) != words.end();
}

std::string_view unquoted(std::string_view value) {
  bool quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

void NfsConf::add(std::string_view text, const std::string& file) {
  for (auto& read : read_sections(text)) {
    auto value = std::string(unquoted(read.value));
    settings_.push_back(
        {to_lower(read.section), to_lower(read.name), {std::move(value), {file, {read.line, 1}}}});
  }
}

const NfsConfSetting* NfsConf::find(std::string_view section, std::string_view name) const {
  auto last = std::find_if(settings_.rbegin(), settings_.rend(),
                           [&](const Named& each) { return each.section == section && each.name == name; });
  return last == settings_.rend() ? nullptr : &last->setting;
}

std::optional<Location> NfsConf::switches_off(int version) const {
  const auto* setting = find("nfsd", fmt::format("vers{}", version));
  if (setting == nullptr || !is_no(setting->value)) return std::nullopt;
  return setting->where;
}

}  // namespace krgboot
