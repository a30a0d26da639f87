#include "scanner.hpp"

#include <fmt/format.h>

namespace krgboot::dhcpd {

namespace {

constexpr char end_of_file_byte = '\xff';

bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool starts_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

bool continues_word(char c) noexcept {
  return starts_word(c) || c == '_';
}

int digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

/// Reads the escapes of one string; `at` is the offset after the backslash.
class Escape {
 public:
  Escape(std::string_view text, std::size_t at, ScannedString& result)
      : text_(text), at_(at), backslash_(at - 1), result_(result) {}

  /// Appends the decoded escape. Returns the offset after it.
  std::size_t read() {
    while (at_ < text_.size()) {
      char c = text_[at_++];
      switch (c) {
        case 't':
          return put('\t');
        case 'r':
          return put('\r');
        case 'n':
          return put('\n');
        case 'b':
          return put('\b');
        case 'x':
          return number(16, 2, 0);
        case '0':
        case '1':
        case '2':
        case '3':
          if (auto end = octal(c - '0')) return *end;
          break;  // an incomplete \0 swallows the next byte and turns the byte after that into an escape
        default:
          return put(c);
      }
    }
    return at_;
  }

 private:
  std::size_t put(char c) {
    result_.value += c;
    return at_;
  }

  std::size_t number(int base, int digits, int value) {
    for (; digits > 0 && at_ < text_.size(); --digits) {
      auto digit = digit_value(text_[at_]);
      if (digit >= base) return refuse();
      value = value * base + digit;
      ++at_;
    }
    return put(static_cast<char>(value));
  }

  std::optional<std::size_t> octal(int value) {
    for (int digits = 2; digits > 0 && at_ < text_.size(); --digits) {
      auto digit = digit_value(text_[at_]);
      if (digit < 8) {
        value = value * 8 + digit;
        ++at_;
        continue;
      }
      if (value != 0) return refuse();
      if (result_.odd_escape == 0) result_.odd_escape = backslash_;
      ++at_;
      return std::nullopt;
    }
    return put(static_cast<char>(value));
  }

  std::size_t refuse() {
    if (result_.bad_escape == 0) result_.bad_escape = backslash_;
    return at_;
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t backslash_;
  ScannedString& result_;
};

}  // namespace

ScannedString scan_string(std::string_view text, std::size_t begin) {
  ScannedString result;
  auto at = begin;
  while (at < text.size()) {
    char c = text[at++];
    if (c == '"') {
      result.closed = true;
      break;
    }
    if (c == end_of_file_byte && result.end_byte == 0) result.end_byte = at - 1;
    if (c == '\\') {
      at = Escape(text, at, result).read();
    } else {
      result.value += c;
    }
  }
  result.end = at;
  return result;
}

std::optional<Token> Scanner::next() {
  skip_blanks_and_comments();
  if (at_ == text_.size()) return std::nullopt;
  auto begin = at_;
  char c = text_[at_++];
  if (c == '"') return string();
  if (!starts_word(c)) {
    if (c == end_of_file_byte) {
      report(begin, Severity::error, "dhcpd.end_of_file_byte",
             "dhcpd takes the byte 0xff for the end of the file and ignores the rest");
    }
    return make(begin, TokenKind::symbol);
  }
  while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
  if (at_ - begin > longest_token) {
    report(begin, Severity::error, "dhcpd.token_too_long",
           fmt::format("a word of {} bytes; dhcpd reads {} at most", at_ - begin, longest_token));
  }
  return make(begin, TokenKind::word);
}

void Scanner::skip_blanks_and_comments() {
  while (at_ < text_.size()) {
    auto begin = at_;
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    if (at_ - begin > longest_token) {
      report(begin, Severity::error, "dhcpd.blanks_too_long",
             fmt::format("{} blanks in a row; dhcpd stops at more than {}", at_ - begin, longest_token));
    }
    if (at_ == text_.size() || text_[at_] != '#') return;
    skip_comment();
  }
}

// For dhcpd a byte 0xff ends the comment, and the text after it is read as statements.
void Scanner::skip_comment() {
  bool reported = false;
  for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
    if (text_[at_] != end_of_file_byte || reported) continue;
    reported = true;
    report(at_, Severity::error, "dhcpd.end_of_file_byte",
           "dhcpd takes the byte 0xff for the end of this comment and reads on behind it",
           "write the comment in UTF-8 or ASCII");
  }
  if (at_ < text_.size()) ++at_;
}

Token Scanner::string() {
  auto begin = at_ - 1;
  auto scanned = scan_string(text_, at_);
  at_ = scanned.end;
  if (!scanned.closed) {
    report(begin, Severity::error, "dhcpd.unterminated_string", "this string is never closed");
  }
  if (scanned.end_byte != 0) {
    report(scanned.end_byte, Severity::error, "dhcpd.end_of_file_byte",
           "dhcpd takes the byte 0xff for the end of the file", "write it as \\377");
  }
  if (scanned.bad_escape != 0) {
    report(scanned.bad_escape, Severity::error, "dhcpd.bad_escape", "an escape of this string lacks a digit",
           "\\x takes two hex digits, \\ three octal ones");
  }
  if (scanned.odd_escape != 0) {
    report(scanned.odd_escape, Severity::warning, "dhcpd.bad_escape",
           "dhcpd drops this \\0 and the byte behind it", "write all three octal digits");
  }
  if (scanned.value.size() > longest_token) {
    report(begin, Severity::error, "dhcpd.token_too_long",
           fmt::format("a string of {} bytes; dhcpd reads {} at most", scanned.value.size(), longest_token));
  }
  return make(begin, TokenKind::string);
}

Token Scanner::make(std::size_t begin, TokenKind kind) const {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_ - begin), kind};
}

void Scanner::report(std::size_t place, Severity severity, const char* code, std::string message,
                     std::string hint) {
  diagnostics_.push_back({severity, code, std::move(message), std::move(hint), "", {}});
  places_.push_back(place);
}

}  // namespace krgboot::dhcpd
