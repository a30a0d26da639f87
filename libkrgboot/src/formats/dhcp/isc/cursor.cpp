#include "cursor.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace krgboot::dhcpd {

namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base) {
  Number value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view Cursor::peek() const {
  return done() ? std::string_view{} : tree_->raw(tokens_[at_]);
}

bool Cursor::next_is_string() const noexcept {
  return !done() && tokens_[at_].kind == TokenKind::string;
}

bool Cursor::take_symbol(char symbol) {
  if (done() || tokens_[at_].kind != TokenKind::symbol || peek().front() != symbol) return false;
  ++at_;
  return true;
}

bool Cursor::take_keyword(std::string_view keyword) {
  if (done() || tokens_[at_].kind != TokenKind::word || to_lower(peek()) != keyword) return false;
  ++at_;
  return true;
}

std::optional<std::string> Cursor::word() {
  if (done() || tokens_[at_].kind != TokenKind::word) return std::nullopt;
  return to_lower(tree_->raw(tokens_[at_++]));
}

std::optional<std::string> Cursor::string() {
  if (!next_is_string()) return std::nullopt;
  return tree_->value(tokens_[at_++]);
}

std::optional<unsigned long> Cursor::number(unsigned long maximum) {
  auto value = parse_number<unsigned long>(peek(), 10);
  if (!value || *value > maximum) return std::nullopt;
  ++at_;
  return value;
}

std::optional<Ipv4Address> Cursor::address() {
  auto begin = at_;
  std::uint32_t bits = 0;
  for (int octet = 0; octet < 4; ++octet) {
    auto value = octet == 0 || take_symbol('.') ? number(255) : std::nullopt;
    if (!value) {
      at_ = begin;
      return std::nullopt;
    }
    bits = bits << 8U | static_cast<std::uint32_t>(*value);
  }
  return Ipv4Address(bits);
}

std::optional<std::string> Cursor::hex_octets() {
  auto begin = at_;
  std::string octets;
  do {
    auto value = done() || tokens_[at_].kind != TokenKind::word ? std::nullopt
                                                                : parse_number<std::uint8_t>(peek(), 16);
    if (!value) {
      at_ = begin;
      return std::nullopt;
    }
    octets += static_cast<char>(*value);
    ++at_;
  } while (take_symbol(':'));
  return octets;
}

std::optional<std::string> Cursor::dotted_name() {
  auto begin = at_;
  std::string name;
  do {
    if (done() || tokens_[at_].kind != TokenKind::word) {
      // A trailing dot is allowed: it makes the name absolute.
      if (!name.empty()) return name;
      at_ = begin;
      return std::nullopt;
    }
    name += (name.empty() || name.back() == '.' ? "" : ".") + std::string(tree_->raw(tokens_[at_++]));
  } while (take_symbol('.'));
  return name;
}

std::string literal_text(const Tree& tree, std::span<const Token> tokens) {
  if (tokens.size() == 1) return tree.value(tokens.front());
  std::string text;
  auto previous = TokenKind::symbol;
  char symbol = '(';
  for (const auto& token : tokens) {
    auto raw = tree.raw(token);
    bool both_wordy = previous != TokenKind::symbol && token.kind != TokenKind::symbol;
    bool behind_comma = previous == TokenKind::symbol && symbol == ',';
    if (!text.empty() && (both_wordy || behind_comma)) text += ' ';
    text += raw;
    previous = token.kind;
    symbol = raw.front();
  }
  return text;
}

}  // namespace krgboot::dhcpd
