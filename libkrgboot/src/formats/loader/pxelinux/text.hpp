#pragma once

#include <string_view>

namespace krgboot::pxelinux {

/// Like my_isspace of syslinux (com32/include/menu.h).
constexpr bool is_blank(char c) noexcept {
  auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

/// `text` without leading blanks.
constexpr std::string_view skip_blanks(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

/// The text before the first blank.
constexpr std::string_view first_word(std::string_view text) noexcept {
  std::size_t length = 0;
  while (length < text.size() && !is_blank(text[length])) ++length;
  return text.substr(0, length);
}

/// The text after the first word and the blanks that follow it.
constexpr std::string_view after_first_word(std::string_view text) noexcept {
  return skip_blanks(text.substr(first_word(text).size()));
}

}  // namespace krgboot::pxelinux
