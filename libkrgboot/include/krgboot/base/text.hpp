#pragma once

#include "krgboot/base/visible.hpp"  // what every message needs

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// `text` split after each '\n'; every line keeps its newline, the last may lack one. Joined again, the lines
/// are `text` to the byte.
std::vector<std::string_view> split_lines(std::string_view text);

/// `text` cut at each `separator`; "a,,b" gives three parts, "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// `text` without ASCII blanks (space, \t, \r, \n, \v, \f) at both ends.
std::string_view trim(std::string_view text) noexcept;

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

/// Is `text` well-formed UTF-8 (RFC 3629: shortest forms, no surrogates)?
bool is_utf8(std::string_view text) noexcept;

/// Has `text` a control character (0x00-0x1f, 0x7f)?
bool has_control(std::string_view text) noexcept;

/// A decimal number without sign, blanks or leading zeros (but "0" itself), at most `maximum`.
std::optional<unsigned long> parse_decimal(std::string_view text, unsigned long maximum) noexcept;

/// The one of `known` that `word` is most likely a slip of (by edit distance, a third of its length at most);
/// nullopt where none is near.
std::optional<std::string> did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace krgboot
