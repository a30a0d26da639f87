#pragma once

#include <cstddef>
#include <string_view>

namespace krgboot {

/// Length of the UTF-8 sequence at the start of `text`; 0 if it is malformed (RFC 3629, section 4).
inline std::size_t utf8_length(std::string_view text) noexcept {
  auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  auto tail = [&](std::size_t i) { return (at(i) & 0xc0U) == 0x80U; };
  auto lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xe0 && at(1) < 0xa0) return 0;
    if (lead == 0xed && at(1) > 0x9f) return 0;
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xf0 && at(1) < 0x90) return 0;
    if (lead == 0xf4 && at(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

/// The character that a well-formed sequence encodes.
inline char32_t utf8_character(std::string_view sequence) noexcept {
  auto lead = static_cast<unsigned char>(sequence.front());
  char32_t character = sequence.size() == 1 ? lead : lead & (0xffU >> (sequence.size() + 1));
  for (auto byte : sequence.substr(1))
    character = (character << 6U) | (static_cast<unsigned char>(byte) & 0x3fU);
  return character;
}

}  // namespace krgboot
