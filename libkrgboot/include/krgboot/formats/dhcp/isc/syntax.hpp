#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::dhcpd {

/// Longest word, and longest string with its escapes decoded, that ISC dhcpd 4.4 can read, in bytes: its
/// token buffer has 1500 bytes, one of them for the final NUL. Runs of blanks have the same limit.
inline constexpr std::size_t longest_token = 1499;

/// Deepest nesting of blocks; in dhcpd itself only the stack limits it.
inline constexpr std::size_t deepest_block = 200;

/// Kinds of tokens in dhcpd.conf.
enum class TokenKind : std::uint8_t {
  word,    ///< begins with a letter, a digit or '-', then also '_': keywords, names, numbers
  string,  ///< in double quotes
  symbol,  ///< any other single byte
};

/// A token of dhcpd.conf: a part of the text.
struct Token {
  std::uint32_t begin = 0;   ///< byte offset into the text
  std::uint32_t length = 0;  ///< in bytes, with the quotes of a string
  TokenKind kind = TokenKind::symbol;
};

/// A statement `head ;` or a declaration `head { ... }`. The head is the text before the ';' or '{'.
struct Statement {
  std::uint32_t first_token = 0;  ///< of its head: an index into Tree::tokens()
  std::uint32_t token_count = 0;  ///< number of tokens of its head
  std::uint32_t begin = 0;        ///< byte offset of its first token
  std::uint32_t end = 0;          ///< byte offset after its ';' or '}'
  std::uint32_t after = 0;        ///< index of the next statement that is not inside this one
  /// Byte offset of a second ';' right after its own; 0: there is none. It is reported as
  /// dhcpd.stray_semicolon. If the statement lacks a value, dhcpd reads its first ';' as the value.
  std::uint32_t second_semicolon = 0;
  bool block = false;  ///< it is a declaration with braces
};

/// A dhcpd.conf(5) as the scanner of ISC dhcpd 4.4 splits it. The meaning of the words is not checked:
/// unknown statements are kept like all others. The statements are in the order of the file, each before
/// those inside it. A statement is named by its index into statements().
class KRGBOOT_EXPORT Tree {
 public:
  const std::string& text() const noexcept { return text_; }
  /// Name of the file, for messages.
  const std::string& file() const noexcept { return file_; }
  const std::vector<Token>& tokens() const noexcept { return tokens_; }
  const std::vector<Statement>& statements() const noexcept { return statements_; }

  /// The statements at top level.
  std::vector<std::uint32_t> top_level() const;
  /// The statements directly inside `statement`; empty if it has no braces.
  std::vector<std::uint32_t> children(std::uint32_t statement) const;

  /// The tokens of a head.
  std::span<const Token> head(std::uint32_t statement) const;
  /// The text of a head, in which each run of blanks and comments is one space.
  std::string head_text(std::uint32_t statement) const;
  /// The same for consecutive tokens.
  std::string text_of(std::span<const Token> tokens) const;
  /// Is token number `index` of the head (from 0) this keyword? Keywords are case-insensitive.
  bool is(std::uint32_t statement, std::size_t index, std::string_view keyword) const;

  /// The bytes of a token, unchanged; they refer to text().
  std::string_view raw(const Token& token) const;
  /// The value of a token: a string without quotes and with its escapes decoded, any other token unchanged.
  std::string value(const Token& token) const;

  /// Line and column (in bytes, from 1) of a byte offset.
  Position position(std::uint32_t offset) const;
  /// File name and position of the first token of a statement.
  Location where(std::uint32_t statement) const;

 private:
  friend class Parser;
  std::vector<std::uint32_t> level(std::uint32_t first, std::uint32_t after) const;

  std::string text_;
  std::string file_;
  std::vector<Token> tokens_;
  std::vector<Statement> statements_;
  std::vector<std::uint32_t> line_starts_;
};

/// Result of parse(). If `diagnostics` has errors, which dhcpd would reject, the tree has the readable part.
struct Parsing {
  Tree tree;
  Diagnostics diagnostics;
};

/// Parses `text`, the content of a dhcpd.conf. `file`: its name in messages. Never fails. Codes of the
/// findings: dhcpd.unclosed_brace, .stray_brace, .stray_semicolon, .missing_semicolon, .nameless_block,
/// .unterminated_string, .bad_escape, .token_too_long, .blanks_too_long, .end_of_file_byte, .too_deep,
/// .too_large.
KRGBOOT_EXPORT Parsing parse(std::string text, std::string file = "");

/// Encodes free text as a string of dhcpd.conf: in double quotes, with '"' and backslashes escaped and every
/// byte that is not printable ASCII as an octal escape `\ooo`, so that no byte can end the string, the line
/// or the file. krgboot writes all free text by this function. Throws ArgumentError "dhcpd.string_too_long"
/// above `longest_token` bytes, "dhcpd.string_nul" for a text with a NUL, where dhcpd would end it.
KRGBOOT_EXPORT std::string quote(std::string_view text);

}  // namespace krgboot::dhcpd
