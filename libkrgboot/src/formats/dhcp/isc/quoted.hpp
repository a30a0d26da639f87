#pragma once

#include "krgboot/base/visible.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace krgboot::dhcpd {

/// Maximum number of bytes of dhcpd.conf that a message quotes, so that a long word does not fill the screen.
inline constexpr std::size_t longest_quoted = 60;

inline std::string quoted(std::string_view text) {
  return in_quotes(text, longest_quoted);
}

/// The start of a statement for a message. The text after `secret` is never shown.
inline std::string quoted(const Tree& tree, std::uint32_t statement, std::span<const Token> tokens) {
  constexpr std::size_t keyword = 1;
  return quoted(tree.text_of(tree.is(statement, 0, "secret") ? tokens.first(keyword) : tokens));
}

inline std::string quoted(const Tree& tree, std::uint32_t statement) {
  return quoted(tree, statement, tree.head(statement));
}

}  // namespace krgboot::dhcpd
