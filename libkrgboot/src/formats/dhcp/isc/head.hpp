#pragma once

#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "cursor.hpp"

namespace krgboot::dhcpd {

/// What dhcpd's scanner calls a token.
enum class WordKind {
  end,     ///< there is none
  symbol,  ///< a single byte
  string,
  number,          ///< digits, perhaps behind a '-'
  number_or_name,  ///< what could be hex, too
  name,            ///< any other word, keywords as well
};

/// Thrown where dhcpd would refuse a statement.
struct Complaint {
  const char* code;
  std::string message;
  std::string hint;
  std::uint32_t offset;  ///< where, in bytes of the text
};

/// Thrown where a statement is nested deeper than is read here: nobody tells what dhcpd would say.
struct NotJudged {};

/// May messages quote what a statement says? Not inside of a key, whose secret may stand in any place by a
/// slip.
enum class Quoting { shown, hidden };

/// Walks over the head of a statement as dhcpd's parser does. Where it finds something else than it must it
/// throws a Complaint: what is expected and what stands there.
class Head {
 public:
  Head(const Tree& tree, std::uint32_t statement, Quoting quoting = Quoting::shown);

  bool done() const noexcept { return at_ == tokens_.size(); }
  /// Is the next token the last one?
  bool alone() const noexcept { return at_ + 1 == tokens_.size(); }
  bool block() const noexcept { return block_; }
  /// Does a second ';' stand behind the one that ends the statement?
  bool second_semicolon() const noexcept { return second_semicolon_ != 0; }
  WordKind kind() const;
  /// Would dhcpd take it for a name, where one is wanted? It takes all words but numbers.
  bool is_identifier() const;
  /// The next word in lower case, "" where none is.
  std::string peek() const;
  /// The next token as it stands, "" at the end.
  std::string_view raw_next() const { return done() ? std::string_view() : raw(at_); }
  bool next_is(char symbol) const { return kind() == WordKind::symbol && raw(at_).front() == symbol; }
  /// Does the symbol or the word behind the next one read so?
  bool second_is(std::string_view text) const;

  bool take(char symbol);
  bool take(std::string_view keyword);
  void expect(char symbol);
  void expect(std::string_view keyword);
  std::string identifier(std::string_view what);
  std::string string(std::string_view what);
  /// A decimal number. Of one with a '-', which dhcpd takes, and of one with more than 32 bits: the largest.
  unsigned long number(std::string_view what);
  /// A number as it stands for an option's value: decimal, octal behind 0, hex behind 0x; `bits` wide.
  void value_number(unsigned bits, std::string_view what);
  /// Octets in hex with colons; at most `longest`.
  std::size_t hex_list(std::size_t longest = static_cast<std::size_t>(-1));
  void address();
  void address_or_name();
  void address6();
  /// Words with dots; dhcpd tells a name with a final dot from one without.
  std::string host_name(std::string_view what);
  /// BASE64 (RFC 4648), in one string or as it stands.
  void base64();

  /// Nothing may follow but the ';'.
  void end_statement();
  /// Nothing may follow but the '{'.
  void begin_block();
  std::size_t at() const noexcept { return at_; }
  void back_to(std::size_t at) noexcept { at_ = at; }
  /// The place of the next token.
  Location where() const { return {tree_->file(), tree_->position(offset())}; }
  /// Everything up to the end is taken.
  void skip_rest() noexcept { at_ = tokens_.size(); }

  [[noreturn]] void complain(const char* code, std::string message, std::string hint = "") const;
  /// Of what was just read.
  [[noreturn]] void complain_before(const char* code, std::string message, std::string hint = "") const;
  /// Of the second ';'.
  [[noreturn]] void complain_of_second_semicolon(const char* code, std::string message) const;
  /// `what` is expected, and something else stands there.
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
  bool hidden_;  // nothing of it is quoted
};

}  // namespace krgboot::dhcpd
