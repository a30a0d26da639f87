#pragma once

#include "krgboot/base/visible.hpp"  // what every message needs
#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// `text` split after each '\n'; every line keeps its newline, the last may lack one. Joined again, the lines
/// are `text` to the byte.
KRGBOOT_EXPORT std::vector<std::string_view> split_lines(std::string_view text);

/// `text` cut at each `separator`; "a,,b" gives three parts, "" gives one empty part.
KRGBOOT_EXPORT std::vector<std::string_view> split(std::string_view text, char separator);

/// The words of `text`: what stands between characters of `blanks`, none of them empty. By default ASCII
/// blanks separate words.
KRGBOOT_EXPORT std::vector<std::string_view> split_words(std::string_view text,
                                                         std::string_view blanks = " \t\r\n\v\f");

/// `text` without ASCII blanks (space, \t, \r, \n, \v, \f) at both ends.
KRGBOOT_EXPORT std::string_view trim(std::string_view text) noexcept;

KRGBOOT_EXPORT std::string to_lower(std::string_view text);
KRGBOOT_EXPORT std::string to_upper(std::string_view text);

/// Is `text` well-formed UTF-8 (RFC 3629: shortest forms, no surrogates)?
KRGBOOT_EXPORT bool is_utf8(std::string_view text) noexcept;

/// Has `text` a control character (0x00-0x1f, 0x7f)?
KRGBOOT_EXPORT bool has_control(std::string_view text) noexcept;

/// A decimal number without sign, blanks or leading zeros (but "0" itself), at most `maximum`.
KRGBOOT_EXPORT std::optional<unsigned long> parse_decimal(std::string_view text,
                                                          unsigned long maximum) noexcept;

/// The one of `known` that `word` is most likely a slip of (by edit distance, a third of its length at most);
/// nullopt where none is near.
KRGBOOT_EXPORT std::optional<std::string> did_you_mean(std::string_view word,
                                                       const std::vector<std::string>& known);

}  // namespace krgboot
