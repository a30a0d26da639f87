#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace krgboot::net {

/// The value of one hex digit in either case; nullopt for any other character.
constexpr std::optional<std::uint8_t> hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

/// Parses octets written as pairs of hex digits, with `separator` before each octet whose index is in
/// `separated`, and nothing else: the form of MAC addresses and UUIDs.
template <std::size_t Octets, std::size_t Separators>
constexpr std::optional<std::array<std::uint8_t, Octets>> parse_octets(
    std::string_view text, char separator, const std::array<std::size_t, Separators>& separated) noexcept {
  if (text.size() != 2 * Octets + Separators) return std::nullopt;
  std::array<std::uint8_t, Octets> octets{};
  std::size_t at = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < Octets; ++i) {
    if (next < Separators && separated[next] == i) {
      if (text[at++] != separator) return std::nullopt;
      ++next;
    }
    auto high = hex_value(text[at++]);
    auto low = hex_value(text[at++]);
    if (!high || !low) return std::nullopt;
    octets[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return octets;
}

/// The inverse of parse_octets(), in lower case.
template <std::size_t Octets, std::size_t Separators>
std::string format_octets(const std::array<std::uint8_t, Octets>& octets, char separator,
                          const std::array<std::size_t, Separators>& separated) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * Octets + Separators);
  std::size_t next = 0;
  for (std::size_t i = 0; i < Octets; ++i) {
    if (next < Separators && separated[next] == i) {
      text += separator;
      ++next;
    }
    text += digits[octets[i] >> 4U];
    text += digits[octets[i] & 0xfU];
  }
  return text;
}

/// Indexes of the octets of a MAC address that follow a separator.
inline constexpr std::array<std::size_t, 5> mac_separated{1, 2, 3, 4, 5};

}  // namespace krgboot::net
