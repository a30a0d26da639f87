#include "krgboot/base/visible.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace krgboot {

namespace {

struct Interval {
  char32_t first, last;
};

/// Characters that are always escaped. Newline and tab are handled before this table is used.
constexpr std::array escaped_characters{
    Interval{0x0000, 0x001f},    // C0 controls
    Interval{0x007f, 0x009f},    // DEL, C1 controls
    Interval{0x00ad, 0x00ad},    // SOFT HYPHEN
    Interval{0x034f, 0x034f},    // COMBINING GRAPHEME JOINER
    Interval{0x061c, 0x061c},    // ARABIC LETTER MARK
    Interval{0x115f, 0x1160},    // Hangul fillers
    Interval{0x17b4, 0x17b5},    // Khmer inherent vowels
    Interval{0x180b, 0x180f},    // Mongolian variation selectors
    Interval{0x200b, 0x200f},    // zero width, LEFT-TO-RIGHT MARK, RIGHT-TO-LEFT MARK
    Interval{0x2028, 0x202e},    // line and paragraph separators; embeddings and overrides
    Interval{0x2060, 0x206f},    // WORD JOINER, invisible operators, isolates
    Interval{0x3164, 0x3164},    // HANGUL FILLER
    Interval{0xfdd0, 0xfdef},    // noncharacters
    Interval{0xfe00, 0xfe0f},    // variation selectors
    Interval{0xfeff, 0xfeff},    // BYTE ORDER MARK
    Interval{0xffa0, 0xffa0},    // HALFWIDTH HANGUL FILLER
    Interval{0xfff0, 0xfffb},    // unassigned default-ignorable characters, interlinear annotations
    Interval{0x1bca0, 0x1bca3},  // shorthand format controls
    Interval{0x1d173, 0x1d17a},  // musical format controls
    Interval{0xe0000, 0xe0fff},  // tags, more variation selectors
};

bool is_escaped(char32_t character) noexcept {
  if ((character & 0xfffeU) == 0xfffeU) return true;  // the last two of each plane are noncharacters
  const auto* found = std::lower_bound(escaped_characters.begin(), escaped_characters.end(), character,
                                       [](const Interval& i, char32_t c) { return i.last < c; });
  return found != escaped_characters.end() && found->first <= character;
}

/// The first character of a text and its escape.
struct Shown {
  std::size_t length;  ///< of the character, in bytes
  std::string escape;  ///< empty: shown unchanged
};

Shown shown(std::string_view text, LineCount lines) {
  auto length = utf8_length(text);
  if (length == 0) return {1, fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()))};
  if (text.front() == '\n') return {1, lines == LineCount::one ? "\\n" : ""};
  if (text.front() == '\t') return {1, lines == LineCount::one ? "\\t" : ""};
  auto character = utf8_character(text.substr(0, length));
  if (!is_escaped(character)) return {length, {}};
  auto number = static_cast<std::uint32_t>(character);
  if (number < 0x80) return {length, fmt::format("\\x{:02x}", number)};
  return {length, number > 0xffff ? fmt::format("\\U{:08x}", number) : fmt::format("\\u{:04x}", number)};
}

/// Would a backslash before `rest` be taken for the start of an escape?
bool makes_escape(std::string_view rest, LineCount lines) {
  if (rest.empty()) return false;
  std::string_view letters = lines == LineCount::one ? "xuUnt" : "xuU";
  return letters.find(rest.front()) != std::string_view::npos || !shown(rest, lines).escape.empty();
}

}  // namespace

std::string visible(std::string_view text, LineCount lines) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    if (text.front() == '\\') {
      auto run = std::min(text.find_first_not_of('\\'), text.size());
      result.append(makes_escape(text.substr(run), lines) ? 2 * run : run, '\\');
      text.remove_prefix(run);
      continue;
    }
    auto [length, escape] = shown(text, lines);
    result += escape.empty() ? text.substr(0, length) : std::string_view(escape);
    text.remove_prefix(length);
  }
  return result;
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    auto [length, escape] = shown(text, LineCount::one);
    if (text.front() == '"' || text.front() == '\\') result += '\\';
    result += escape.empty() ? text.substr(0, length) : std::string_view(escape);
    text.remove_prefix(length);
  }
  return result + '"';
}

std::string in_quotes(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return in_quotes(text);
  // Cut between UTF-8 characters: at most 3 bytes of a cut character lie before the cut. In text that is not
  // UTF-8 the cut moves back by 3 bytes at most.
  auto cut = longest;
  while (cut > 0 && longest - cut < 3 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U) --cut;
  return in_quotes(text.substr(0, cut)) + "...";
}

std::string harmless(std::string_view text, LineCount lines) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto [length, escape] = shown(text, lines);
    result += escape.empty() ? text.substr(0, length) : std::string_view(escape);
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace krgboot
