#pragma once

#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "cursor.hpp"

namespace krgboot::dhcpd {

/// Is the word one of these? They are in lower case, as Head::peek() gives them.
bool among(std::string_view word, std::initializer_list<std::string_view> words);

/// The token types of dhcpd's scanner.
enum class WordKind {
  end,     ///< no token
  symbol,  ///< a single byte
  string,
  number,          ///< digits, optionally after a '-'
  number_or_name,  ///< a word that may also be hex
  name,            ///< any other word, including keywords
};

/// Thrown if dhcpd would reject a statement.
struct Complaint {
  const char* code;
  std::string message;
  std::string hint;
  std::uint32_t offset;  ///< in bytes from the start of the text
};

/// Thrown if a statement is nested deeper than krgboot reads: dhcpd's verdict is unknown.
struct NotJudged {};

/// May messages quote the statement? Not inside a key, where a mistake may put the secret in any place.
enum class Quoting { shown, hidden };

/// Walks over the head of a statement as dhcpd's parser does. Throws a Complaint about an unexpected token,
/// with the expected and the actual text.
class Head {
 public:
  Head(const Tree& tree, std::uint32_t statement, Quoting quoting = Quoting::shown);

  bool done() const noexcept { return at_ == tokens_.size(); }
  /// Is the next token the last one?
  bool alone() const noexcept { return at_ + 1 == tokens_.size(); }
  bool block() const noexcept { return block_; }
  /// Is there a second ';' after the one that ends the statement?
  bool second_semicolon() const noexcept { return second_semicolon_ != 0; }
  WordKind kind() const;
  /// Would dhcpd accept the token as a name? It accepts all words but numbers.
  bool is_identifier() const;
  /// The next word in lower case; "" if the next token is not a word.
  std::string peek() const;
  /// The next token as written; "" at the end.
  std::string_view raw_next() const { return done() ? std::string_view() : raw(at_); }
  bool next_is(char symbol) const { return kind() == WordKind::symbol && raw(at_).front() == symbol; }
  /// Is the token after the next one equal to `text`?
  bool second_is(std::string_view text) const;

  bool take(char symbol);
  bool take(std::string_view keyword);
  void expect(char symbol);
  void expect(std::string_view keyword);
  std::string identifier(std::string_view what);
  std::string string(std::string_view what);
  /// A decimal number. Returns the largest value for a number with a '-', which dhcpd accepts, or with more
  /// than 32 bits.
  unsigned long number(std::string_view what);
  /// A number in an option's value, `bits` wide: decimal, octal with a leading 0, or hex with a leading 0x.
  void value_number(unsigned bits, std::string_view what);
  /// Octets in hex separated by colons; at most `longest`.
  std::size_t hex_list(std::size_t longest = static_cast<std::size_t>(-1));
  void address();
  void address_or_name();
  void address6();
  /// Words joined by dots. dhcpd distinguishes a name with a trailing dot from one without.
  std::string host_name(std::string_view what);
  /// BASE64 (RFC 4648), in one string or without quotes.
  void base64();

  /// Only the ';' may follow.
  void end_statement();
  /// Only the '{' may follow.
  void begin_block();
  std::size_t at() const noexcept { return at_; }
  void back_to(std::size_t at) noexcept { at_ = at; }
  /// Position of the next token.
  Location where() const { return {tree_->file(), tree_->position(offset())}; }
  /// Skips all tokens up to the end.
  void skip_rest() noexcept { at_ = tokens_.size(); }

  [[noreturn]] void complain(const char* code, std::string message, std::string hint = "") const;
  /// Complains about the token before the current one.
  [[noreturn]] void complain_before(const char* code, std::string message, std::string hint = "") const;
  /// Complains about the second ';'.
  [[noreturn]] void complain_of_second_semicolon(const char* code, std::string message) const;
  /// Complains that another token stands in the place of `what`.
  [[noreturn]] void expected(std::string_view what) const;

 private:
  std::string_view raw(std::size_t at) const { return tree_->raw(tokens_[at]); }
  static WordKind kind_of(std::string_view word);
  void checked(std::string_view digits, unsigned base, unsigned bits, bool negative) const;
  [[noreturn]] void complain_at(std::uint32_t offset, const char* code, std::string message,
                                std::string hint) const;
  std::uint32_t offset() const;
  std::uint32_t end_before() const;
  std::string found() const;

  const Tree* tree_;
  std::uint32_t statement_;
  std::span<const Token> tokens_;
  std::size_t at_ = 0;
  bool block_;
  std::uint32_t end_;
  std::uint32_t second_semicolon_;
  bool hidden_;  // messages must not quote the statement
};

}  // namespace krgboot::dhcpd
