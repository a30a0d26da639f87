#include "head.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cctype>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "quoted.hpp"

namespace krgboot::dhcpd {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool all_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_hex);
}

}  // namespace

bool among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Head::Head(const Tree& tree, std::uint32_t statement, Quoting quoting)
    : tree_(&tree),
      statement_(statement),
      tokens_(tree.head(statement)),
      block_(tree.statements()[statement].block),
      end_(tree.statements()[statement].begin),
      second_semicolon_(tree.statements()[statement].second_semicolon),
      hidden_(quoting == Quoting::hidden || tree.is(statement, 0, "secret")) {}

WordKind Head::kind_of(std::string_view word) {
  // Like dhcpd's scanner: a number that contains a letter becomes a name, and in a word that begins with a
  // letter only the characters after that letter must be hex.
  if (is_digit(word.front()) || word.front() == '-') {
    auto rest = word.substr(1);
    if (std::all_of(rest.begin(), rest.end(), is_digit)) return WordKind::number;
    bool hex_prefix = word.starts_with("0x") || word.starts_with("0X");
    return all_hex(rest) || (hex_prefix && word.size() > 2 && all_hex(word.substr(2)))
               ? WordKind::number_or_name
               : WordKind::name;
  }
  return all_hex(word.substr(1)) ? WordKind::number_or_name : WordKind::name;
}

WordKind Head::kind() const {
  if (done()) return WordKind::end;
  switch (tokens_[at_].kind) {
    case TokenKind::string:
      return WordKind::string;
    case TokenKind::symbol:
      return WordKind::symbol;
    default:
      return raw(at_) == "-" ? WordKind::symbol : kind_of(raw(at_));
  }
}

bool Head::is_identifier() const {
  return kind() == WordKind::name || kind() == WordKind::number_or_name;
}

std::string Head::peek() const {
  return done() || tokens_[at_].kind != TokenKind::word ? std::string() : to_lower(raw(at_));
}

bool Head::second_is(std::string_view text) const {
  return at_ + 1 < tokens_.size() && raw(at_ + 1) == text;
}

bool Head::take(char symbol) {
  if (!next_is(symbol)) return false;
  ++at_;
  return true;
}

bool Head::take(std::string_view keyword) {
  if (peek() != keyword) return false;
  ++at_;
  return true;
}

void Head::expect(char symbol) {
  if (!take(symbol)) expected(fmt::format("'{}'", symbol));
}

void Head::expect(std::string_view keyword) {
  if (!take(keyword)) expected(quoted(keyword));
}

std::string Head::identifier(std::string_view what) {
  if (!is_identifier()) expected(what);
  return std::string(raw(at_++));
}

std::string Head::string(std::string_view what) {
  if (kind() != WordKind::string) expected(what);
  return tree_->value(tokens_[at_++]);
}

unsigned long Head::number(std::string_view what) {
  if (kind() != WordKind::number) expected(what);
  auto digits = raw(at_++);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  constexpr unsigned long most = 0xffffffffUL;
  return parse_decimal(digits, most).value_or(most);
}

void Head::value_number(unsigned bits, std::string_view what) {
  if (kind() != WordKind::number && kind() != WordKind::number_or_name) expected(what);
  auto digits = raw(at_);
  bool negative = digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  unsigned base = 10;
  if (digits.starts_with("0x")) {
    base = 16;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits.front() == '0' && is_digit(digits[1])) {
    base = 8;
    digits.remove_prefix(1);
  }
  checked(digits, base, bits, negative);
  ++at_;
}

void Head::checked(std::string_view digits, unsigned base, unsigned bits, bool negative) const {
  std::uint32_t value = 0;
  for (char c : digits) {
    auto digit = is_digit(c) ? c - '0' : std::tolower(static_cast<unsigned char>(c)) - 'a' + 10;
    if (!std::isalnum(static_cast<unsigned char>(c)) || digit < 0 || digit >= static_cast<int>(base)) {
      complain("dhcpd.bad_value", fmt::format("{} is no number of base {}", quoted(raw(at_)), base));
    }
    value = value * base + static_cast<std::uint32_t>(digit);  // wraps around, as in dhcpd
  }
  if (digits.empty()) complain("dhcpd.bad_value", fmt::format("{} is no number", quoted(raw(at_))));
  std::uint32_t most = negative ? 1U << (bits - 1) : 0xffffffffU >> (32 - bits);
  if (value > most)
    complain("dhcpd.bad_value", fmt::format("{} is more than {} bits", quoted(raw(at_)), bits));
}

std::size_t Head::hex_list(std::size_t longest) {
  std::size_t count = 0;
  do {
    if (kind() != WordKind::number && kind() != WordKind::number_or_name) expected("an octet in hex");
    auto digits = raw(at_);
    bool negative = digits.front() == '-';
    checked(negative ? digits.substr(1) : digits, 16, 8, negative);
    ++at_;
    ++count;
  } while (take(':'));
  if (count > longest) {
    complain("dhcpd.bad_value", fmt::format("{} octets are more than {}", count, longest));
  }
  return count;
}

void Head::address() {
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0 && !take('.')) expected("'.' and the next number of an address");
    if (kind() != WordKind::number) expected(octet == 0 ? "an address" : "the next number of an address");
    auto digits = raw(at_);
    bool negative = digits.front() == '-';
    checked(negative ? digits.substr(1) : digits, 10, 8, negative);
    ++at_;
  }
}

void Head::address_or_name() {
  if (kind() == WordKind::number && second_is(".") && at_ + 2 < tokens_.size() &&
      tokens_[at_ + 2].kind == TokenKind::word && kind_of(raw(at_ + 2)) == WordKind::number) {
    return address();
  }
  if (!is_identifier() && kind() != WordKind::number) expected("an address or a host name");
  host_name("an address or a host name");
}

void Head::address6() {
  std::string text;
  auto start = at_;
  auto belongs = [&] {
    if (done() || (at_ > start && tokens_[at_].begin != end_before())) return false;
    auto word = raw(at_);
    return word == ":" || word == "." || (tokens_[at_].kind == TokenKind::word && all_hex(word));
  };
  while (belongs()) text += raw(at_++);
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) == 1) return;
  at_ = start;
  expected("an IPv6 address");
}

std::string Head::host_name(std::string_view what) {
  std::string name;
  do {
    if (!is_identifier() && kind() != WordKind::number) break;
    name += (name.empty() ? "" : ".") + std::string(raw(at_++));
  } while (take('.'));
  if (name.empty()) expected(what);
  if (raw(at_ - 1) == ".") name += '.';
  return name;
}

void Head::base64() {
  auto start = at_;
  auto valid = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=';
  };
  std::string text;
  std::string part;
  do {
    if (done()) expected("a secret in BASE64");
    text += tree_->value(tokens_[at_++]);
    part = done() ? "" : tree_->value(tokens_[at_]);
  } while (!done() && std::all_of(part.begin(), part.end(), valid));
  auto padding = text.find('=');
  auto letters = std::string_view(text).substr(0, padding);
  bool good = std::all_of(letters.begin(), letters.end(), valid) &&
              (padding == std::string::npos || text.find_first_not_of('=', padding) == std::string::npos);
  // If the padding is wrong, the bits that do not form a whole octet must be zero.
  const std::string_view unused_bits_clear[] = {"", "A", "AQgw", "AEIMQUYcgkosw048"};
  if (auto rest = letters.size() % 4; good && text.size() % 4 != 0 && rest != 0) {
    good = unused_bits_clear[rest].find(letters.back()) != std::string_view::npos;
  }
  if (good && letters.size() > 1) return;
  at_ = start;
  if (good) complain("dhcpd.misread", "the secret is empty: dhcpd silently leaves out the key");
  complain("dhcpd.bad_value", "the secret is no BASE64");  // the secret is not shown
}

void Head::end_statement() {
  if (done() && !block_) return;
  if (done()) complain_at(end_before(), "dhcpd.missing_semicolon", "a ';' is missing before the '{'", "");
  auto between =
      fmt::format(" between {} and {}", quoted(*tree_, statement_, tokens_.first(at_)), quoted(raw(at_)));
  complain_at(end_before(), "dhcpd.missing_semicolon",
              fmt::format("a ';' is missing{}", hidden_ ? " here" : between), "");
}

void Head::begin_block() {
  if (!done()) expected("'{'");
  if (!block_) complain_at(end_before(), "dhcpd.bad_statement", "a '{' is missing", "");
}

void Head::complain(const char* code, std::string message, std::string hint) const {
  complain_at(offset(), code, std::move(message), std::move(hint));
}

void Head::complain_before(const char* code, std::string message, std::string hint) const {
  complain_at(at_ == 0 ? end_ : tokens_[at_ - 1].begin, code, std::move(message), std::move(hint));
}

void Head::expected(std::string_view what) const {
  complain("dhcpd.bad_value", fmt::format("expected {}, found {}", what, found()));
}

void Head::complain_at(std::uint32_t offset, const char* code, std::string message, std::string hint) const {
  throw Complaint{code, std::move(message), std::move(hint), offset};
}

void Head::complain_of_second_semicolon(const char* code, std::string message) const {
  complain_at(second_semicolon_, code, std::move(message), "");
}

std::string Head::found() const {
  if (done()) return block_ ? "'{'" : "';'";
  return hidden_ ? "something else" : quoted(raw(at_));
}

std::uint32_t Head::offset() const {
  return done() ? end_before() : tokens_[at_].begin;
}

std::uint32_t Head::end_before() const {
  return at_ == 0 ? end_ : tokens_[at_ - 1].begin + tokens_[at_ - 1].length;
}

}  // namespace krgboot::dhcpd
