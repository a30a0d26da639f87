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

/// The longest word, and the longest string after its escapes are decoded, that ISC dhcpd 4.4 reads: its
/// token buffer has 1500 bytes, one of them for the final NUL. Runs of blanks have the same limit.
inline constexpr std::size_t longest_token = 1499;

/// Blocks may be nested this deep; dhcpd itself has no limit but its stack.
inline constexpr std::size_t deepest_block = 200;

enum class TokenKind : std::uint8_t {
  word,    ///< starts with a letter, a digit or '-', goes on with these and '_': keywords, names, numbers
  string,  ///< in double quotes
  symbol,  ///< any other single byte
};

struct Token {
  std::uint32_t begin = 0;   ///< byte offset into the text
  std::uint32_t length = 0;  ///< in bytes, the quotes of a string included
  TokenKind kind = TokenKind::symbol;
};

/// A statement `head ;` or a declaration `head { … }`.
struct Statement {
  std::uint32_t first_token = 0;  ///< of its head, an index into Tree::tokens()
  std::uint32_t token_count = 0;  ///< of its head: everything before the ';' or the '{'
  std::uint32_t begin = 0;        ///< byte offset of its first token
  std::uint32_t end = 0;          ///< byte offset behind its ';' or '}'
  std::uint32_t after = 0;        ///< index of the next statement that is not inside this one
  /// Byte offset of a ';' right behind its own, 0 where none is. It is reported as dhcpd.stray_semicolon; but
  /// where the statement has no value, dhcpd reads its own ';' for one.
  std::uint32_t second_semicolon = 0;
  bool block = false;  ///< has braces
};

/// A dhcpd.conf(5) as the scanner of ISC dhcpd 4.4 cuts it, without judging what the words mean: statements
/// that nobody here knows are kept like all others. The statements lie in the order of the file, each before
/// those inside it; nothing here recurses.
class KRGBOOT_EXPORT Tree {
 public:
  const std::string& text() const noexcept { return text_; }
  const std::string& file() const noexcept { return file_; }
  const std::vector<Token>& tokens() const noexcept { return tokens_; }
  const std::vector<Statement>& statements() const noexcept { return statements_; }

  /// Indices of the statements at top level.
  std::vector<std::uint32_t> top_level() const;
  /// Indices of the statements directly inside `statement`; none where it has no braces.
  std::vector<std::uint32_t> children(std::uint32_t statement) const;

  /// The tokens before the ';' or '{'.
  std::span<const Token> head(std::uint32_t statement) const;
  /// The bytes of the head as they stand, with each run of blanks and comments as one space.
  std::string head_text(std::uint32_t statement) const;
  /// The same of some tokens that follow each other.
  std::string text_of(std::span<const Token> tokens) const;
  /// Is the head's token number `index` (from 0) this keyword? Keywords know no case.
  bool is(std::uint32_t statement, std::size_t index, std::string_view keyword) const;

  /// The bytes of a token as they stand.
  std::string_view raw(const Token& token) const;
  /// A string with its escapes decoded, anything else as it stands.
  std::string value(const Token& token) const;

  /// Line and column (in bytes, from 1) of a byte offset.
  Position position(std::uint32_t offset) const;
  /// The same with the file's name; of the first token of a statement.
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

/// What was read, and what dhcpd would refuse in it. With errors the tree holds what could be read.
struct Parsing {
  Tree tree;
  Diagnostics diagnostics;
};

/// Reads a dhcpd.conf. `file` is only a name for messages. Codes of the findings: dhcpd.unclosed_brace,
/// .stray_brace, .stray_semicolon, .missing_semicolon, .nameless_block, .unterminated_string, .bad_escape,
/// .token_too_long, .blanks_too_long, .end_of_file_byte, .too_deep, .too_large.
KRGBOOT_EXPORT Parsing parse(std::string text, std::string file = "");

/// `text` as a string of dhcpd.conf: in double quotes, with `"` and `\` escaped and every byte that is not
/// printable ASCII as `\ooo`, so that nothing in it can end the string, the line or the file. The only way in
/// which krgboot puts free text into this format. Throws ArgumentError "dhcpd.string_too_long" above
/// `longest_token` bytes, "dhcpd.string_nul" where it holds a NUL, which dhcpd would cut it at.
KRGBOOT_EXPORT std::string quote(std::string_view text);

}  // namespace krgboot::dhcpd
