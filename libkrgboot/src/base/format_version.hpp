#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace krgboot {

/// The number behind `magic` at the beginning of a text that krgboot has written, "2" of "krgboot journal 2
/// …"; nullopt where there is none. A blank or a newline ends it.
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
