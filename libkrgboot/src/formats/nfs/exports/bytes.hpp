#pragma once

#include <string_view>

namespace krgboot::exports {

// The character classes of the C locale, which nfs-utils uses in every locale.

constexpr bool is_space(char c) noexcept {
  return std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos;
}
constexpr bool is_octal(char c) noexcept {
  return c >= '0' && c <= '7';
}
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace krgboot::exports
