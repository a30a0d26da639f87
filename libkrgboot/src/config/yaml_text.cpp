#include "config/yaml_text.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "config/yaml.hpp"

namespace krgboot::yaml {

namespace {

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

// Column and line of the byte at `offset`, columns counted in characters.
Position position_of(std::string_view text, std::size_t offset) {
  auto before = text.substr(0, offset);
  auto line = std::count(before.begin(), before.end(), '\n');
  before.remove_prefix(before.rfind('\n') + 1);
  auto column = std::count_if(before.begin(), before.end(),
                              [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
  return {static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column + 1)};
}

Diagnostic encoding_error(std::string message, std::string hint, Position at) {
  return {Severity::error, "yaml.encoding", std::move(message), std::move(hint), "", {"", at}};
}

bool is_forbidden(char c) noexcept {
  auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

// A directive ends the document anywhere in the text, and yaml-cpp skips unknown directives. Only the YAML
// version directive at the top is harmless.
std::optional<std::size_t> find_directive(std::string_view text) {
  constexpr std::string_view version = "%YAML 1.";
  for (std::size_t line = 0; line < text.size();) {
    if (text[line] == '%' && (line > 0 || text.substr(0, version.size()) != version)) return line;
    auto end = text.find('\n', line);
    if (end == std::string_view::npos) break;
    line = end + 1;
  }
  return std::nullopt;
}

std::size_t first_bad_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(text.substr(at, length))) ++length;
    if (length > 4) break;
    at += length;
  }
  return at;
}

// The code unit of an escape "\uXXXX" at the offset `at`.
std::optional<unsigned> utf16_escape(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const char* end = text.data() + at + 6;
  auto result = std::from_chars(text.data() + at + 2, end, unit, 16);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return unit;
}

}  // namespace

std::optional<Diagnostic> check_text(std::string_view text) {
  if (text.size() > max_text_size) {
    return Diagnostic{Severity::error,
                      "yaml.too_large",
                      fmt::format("the text has {} bytes; {} are the most", text.size(), max_text_size),
                      "write nodes as ranges: ssi[1-1000]",
                      "",
                      {}};
  }
  for (std::string_view mark : {std::string_view("\xff\xfe"), std::string_view("\xfe\xff")}) {
    if (text.substr(0, 2) == mark) {
      return encoding_error("the text is in UTF-16 or UTF-32", "save it as UTF-8", {1, 1});
    }
  }
  if (auto bad = std::find_if(text.begin(), text.end(), is_forbidden); bad != text.end()) {
    auto code = static_cast<unsigned>(static_cast<unsigned char>(*bad));
    return encoding_error(fmt::format("the control character 0x{:02x} does not belong in a text", code),
                          code == 0 ? "save it as UTF-8; or is this no text file?" : "remove it",
                          position_of(text, static_cast<std::size_t>(bad - text.begin())));
  }
  if (auto directive = find_directive(text)) {
    return Diagnostic{Severity::error,
                      "yaml.directive",
                      "a line that begins with % is a directive to YAML, which has no meaning here",
                      "remove it",
                      "",
                      {"", position_of(text, *directive)}};
  }
  if (!is_utf8(text)) {
    auto offset = first_bad_utf8(text);
    auto byte = static_cast<unsigned>(static_cast<unsigned char>(text[offset]));
    return encoding_error(fmt::format("the byte 0x{:02x} is not UTF-8", byte), "save the file as UTF-8",
                          position_of(text, offset));
  }
  return std::nullopt;
}

std::string_view without_byte_order_mark(std::string_view text) noexcept {
  if (text.substr(0, utf8_mark.size()) == utf8_mark) text.remove_prefix(utf8_mark.size());
  return text;
}

std::optional<std::string> join_json_surrogates(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{') return std::nullopt;
  if (text.find("\\ud") == std::string_view::npos && text.find("\\uD") == std::string_view::npos) {
    return std::nullopt;
  }
  std::string result;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    // JSON has neither character outside strings. In YAML, which has both, a backslash is literal in unquoted
    // and single-quoted strings.
    if (!in_string && (text[at] == '\'' || text[at] == '#')) return std::nullopt;
    if (text[at] == '"') in_string = !in_string;
    if (in_string && text[at] == '\\') {
      auto high = utf16_escape(text, at);
      auto low = utf16_escape(text, at + 6);
      if (high && low && (*high & 0xfc00U) == 0xd800U && (*low & 0xfc00U) == 0xdc00U) {
        result += fmt::format("\\U{:08x}", 0x10000U + ((*high & 0x3ffU) << 10U) + (*low & 0x3ffU));
        at += 11;
        continue;
      }
      result += text[at++];
      if (at == text.size()) break;
    }
    result += text[at];
  }
  return result;
}

}  // namespace krgboot::yaml
