#pragma once

#include "krgboot/base/visible.hpp"  // every message needs it
#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// Splits `text` after each newline. Every line keeps its newline; the last may have none. The lines joined
/// again are `text`, byte for byte; an empty text has no lines. The result refers to `text`.
KRGBOOT_EXPORT std::vector<std::string_view> split_lines(std::string_view text);

/// Splits `text` at each `separator`; "a,,b" gives three parts, "" gives one empty part. The result refers to
/// `text`.
KRGBOOT_EXPORT std::vector<std::string_view> split(std::string_view text, char separator);

/// The words of `text`: its parts between characters of `blanks`, without empty ones. The default is all
/// ASCII blanks. The result refers to `text`.
KRGBOOT_EXPORT std::vector<std::string_view> split_words(std::string_view text,
                                                         std::string_view blanks = " \t\r\n\v\f");

/// `text` without ASCII blanks (space, tab, newline, `\r`, `\v`, `\f`) at both ends.
KRGBOOT_EXPORT std::string_view trim(std::string_view text) noexcept;

/// `text` with the letters A to Z in lower case, independent of the locale.
KRGBOOT_EXPORT std::string to_lower(std::string_view text);
/// `text` with the letters a to z in upper case, independent of the locale.
KRGBOOT_EXPORT std::string to_upper(std::string_view text);

/// Is `text` well-formed UTF-8 (RFC 3629: shortest forms, no surrogates)?
KRGBOOT_EXPORT bool is_utf8(std::string_view text) noexcept;

/// Does `text` contain a control character (0x00 to 0x1f, 0x7f)?
KRGBOOT_EXPORT bool has_control(std::string_view text) noexcept;

/// Parses a decimal number without sign, blanks or leading zeros ("0" is allowed). nullopt: `text` is not
/// such a number, or it is larger than `maximum`.
KRGBOOT_EXPORT std::optional<unsigned long> parse_decimal(std::string_view text,
                                                          unsigned long maximum) noexcept;

/// The word of `known` that is nearest to `word`, for a hint about a misspelling; the first of several
/// equally near ones. Compares by edit distance without regard to case. nullopt: the distance to all is above
/// a third of the length of `word`, and above 1.
KRGBOOT_EXPORT std::optional<std::string> did_you_mean(std::string_view word,
                                                       const std::vector<std::string>& known);

}  // namespace krgboot
