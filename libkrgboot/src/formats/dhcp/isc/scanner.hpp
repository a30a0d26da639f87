#pragma once

#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <optional>

namespace krgboot::dhcpd {

/// A string of dhcpd.conf, without its opening quote.
struct ScannedString {
  std::string value;
  std::size_t end = 0;  ///< offset after the closing quote, or the end of the text
  bool closed = false;
  std::size_t bad_escape = 0;  ///< offset of the first escape that dhcpd rejects; 0: none
  std::size_t odd_escape = 0;  ///< of the first escape that dhcpd decodes in an unexpected way; 0: none
  std::size_t end_byte = 0;    ///< of the first byte 0xff, which dhcpd takes for the end of the file; 0: none
};
ScannedString scan_string(std::string_view text, std::size_t begin);

/// Splits a text into tokens, from left to right.
class Scanner {
 public:
  Scanner(std::string_view text, Diagnostics& diagnostics, std::vector<std::size_t>& places)
      : text_(text), diagnostics_(diagnostics), places_(places) {}

  /// nullopt at the end of the text.
  std::optional<Token> next();

 private:
  void skip_blanks_and_comments();
  void skip_comment();
  Token string();
  Token make(std::size_t begin, TokenKind kind) const;
  void report(std::size_t place, Severity severity, const char* code, std::string message,
              std::string hint = "");

  std::string_view text_;
  Diagnostics& diagnostics_;
  std::vector<std::size_t>& places_;  // byte offset of each finding
  std::size_t at_ = 0;
};

}  // namespace krgboot::dhcpd
