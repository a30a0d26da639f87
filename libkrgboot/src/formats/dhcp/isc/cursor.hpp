#pragma once

#include "krgboot/formats/dhcp/isc/syntax.hpp"
#include "krgboot/net/ipv4.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace krgboot::dhcpd {

/// Walks over the tokens of a statement's head and reads the literals of dhcpd.conf. A function that finds
/// another kind of token returns nothing and does not advance.
class Cursor {
 public:
  Cursor(const Tree& tree, std::span<const Token> tokens) : tree_(&tree), tokens_(tokens) {}

  bool done() const noexcept { return at_ == tokens_.size(); }
  std::size_t at() const noexcept { return at_; }
  void back_to(std::size_t at) noexcept { at_ = at; }
  void skip() noexcept { at_ += done() ? 0 : 1; }
  std::span<const Token> rest() const { return tokens_.subspan(at_); }

  /// The raw bytes of the next token, including the quotes of a string; "" at the end.
  std::string_view peek() const;
  bool next_is_string() const noexcept;

  bool take_symbol(char symbol);
  bool take_keyword(std::string_view keyword);

  /// A word in lower case.
  std::optional<std::string> word();
  /// A string, decoded.
  std::optional<std::string> string();
  /// Decimal digits, at most `maximum`.
  std::optional<unsigned long> number(unsigned long maximum);
  /// NUMBER "." NUMBER "." NUMBER "." NUMBER. dhcpd reads numbers with leading zeros as decimal.
  std::optional<Ipv4Address> address();
  /// Octets in hex, one or two digits each, joined by ":".
  std::optional<std::string> hex_octets();
  /// Words joined by "." (a host name, or the name of an option with its space), as written.
  std::optional<std::string> dotted_name();

 private:
  const Tree* tree_;
  std::span<const Token> tokens_;
  std::size_t at_ = 0;
};

/// The tokens as one text: words and symbols as written, a single string decoded, and a blank between tokens
/// if a list or an expression needs one.
std::string literal_text(const Tree& tree, std::span<const Token> tokens);

}  // namespace krgboot::dhcpd
