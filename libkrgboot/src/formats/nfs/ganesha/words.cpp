#include "words.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/net/ipv4.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include <fmt/format.h>

#include "formats/nfs/exports/bytes.hpp"

namespace krgboot::ganesha {

namespace {

using exports::Client;
using exports::ClientKind;
using exports::is_digit;

constexpr std::size_t longest_name = 64;  // MAXHOSTNAMELEN; a longer name makes the whole export invalid

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_character(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
}

/// [a-zA-Z_][a-zA-Z0-9._-]*, except for the words that the scanner reads as a boolean.
bool is_name(std::string_view word) {
  static constexpr std::array<std::string_view, 6> truth = {"yes", "true", "on", "no", "false", "off"};
  auto lower = to_lower(word);
  return !word.empty() && word.size() <= longest_name && (is_letter(word.front()) || word.front() == '_') &&
         std::all_of(word.begin(), word.end(), is_name_character) &&
         std::find(truth.begin(), truth.end(), lower) == truth.end();
}

/// A pattern that both servers read in the same way: '*', '?', and a set of characters. Ganesha also compares
/// a pattern with the address itself, nfs-utils does not. So a pattern must contain a letter, which no
/// address has.
bool is_pattern(std::string_view word) {
  if (word.empty() || word.size() > longest_name || word.front() == '?') return false;
  bool letter = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '[') {
      auto end = word.find(']', i);
      if (end == std::string_view::npos) return false;
      auto set = word.substr(i + 1, end - i - 1);
      if (set.empty() || !std::all_of(set.begin(), set.end(), is_name_character)) return false;
      i = end;
    } else if (is_letter(word[i])) {
      letter = true;
    } else if (word[i] != '*' && word[i] != '?' && !is_name_character(word[i])) {
      return false;
    }
  }
  return letter;
}

std::optional<std::string> network(Ipv4Address address, std::uint32_t mask) {
  auto length = std::popcount(mask);
  if (length > 0 && mask != ~std::uint32_t{0} << (32 - length)) return std::nullopt;  // not a prefix
  if (length == 0) return "*";
  Ipv4Address first(address.bits() & mask);
  // The scanner reads 0.0.0.0 as all clients.
  if (length == 32) return first.bits() == 0 ? std::nullopt : std::optional(first.to_string());
  return fmt::format("{}/{}", first.to_string(), length);
}

}  // namespace

bool is_identifier(std::string_view word) noexcept {
  return !word.empty() && (is_letter(word.front()) || word.front() == '_') &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_name_character(c) && c != '.'; });
}

std::optional<std::string> quote(std::string_view value) {
  if (has_control(value)) return std::nullopt;
  if (!value.empty() && value.back() == '\\') {
    if (value.find('\'') != std::string_view::npos) return std::nullopt;
    return fmt::format("'{}'", value);
  }
  std::string quoted = "\"";
  for (auto c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

bool matches_nobody(const Client& client) {
  if (client.is_broken() || client.kind() == ClientKind::gss) return true;
  auto by_address = client.kind() == ClientKind::host || client.kind() == ClientKind::subnet;
  return by_address && !client.address() && client.to_string().find(':') != std::string::npos;  // IPv6
}

bool is_looked_up(const Client& client) {
  return client.kind() != ClientKind::anonymous && !client.address();
}

std::optional<std::string> client_word(const Client& client) {
  const auto& text = client.to_string();
  switch (client.kind()) {
    case ClientKind::host:
    case ClientKind::subnet:
      if (client.address()) return network(*client.address(), client.mask());
      return is_name(text) ? std::optional(text) : std::nullopt;
    case ClientKind::wildcard:
      return is_pattern(text) ? std::optional(text) : std::nullopt;
    case ClientKind::netgroup:
      return is_name(std::string_view(text).substr(1)) ? std::optional(text) : std::nullopt;
    case ClientKind::anonymous:
      return "*";
    case ClientKind::gss:
      break;
  }
  return std::nullopt;
}

}  // namespace krgboot::ganesha
