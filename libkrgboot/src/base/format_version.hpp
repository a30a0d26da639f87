#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace krgboot {

/// Version number that follows `magic` at the start of a text that krgboot wrote: 2 in "krgboot journal 2
/// ...". A blank or a newline ends the number. nullopt if the text does not begin so.
inline std::optional<unsigned> format_version(std::string_view text, std::string_view magic) noexcept {
  if (text.substr(0, magic.size()) != magic) return std::nullopt;
  text.remove_prefix(magic.size());
  unsigned version = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end == text.data() + text.size() || (*end != ' ' && *end != '\n'))
    return std::nullopt;
  return version;
}

}  // namespace krgboot
