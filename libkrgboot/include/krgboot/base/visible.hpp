#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace krgboot {

/// What is one line, and what is many: there newlines and tabs stay as they are.
enum class LineCount { one, many };

/// `text` as it may be shown on a terminal, in a log, in HTML or SVG, whoever wrote it. It stays readable,
/// and nothing in it acts or hides: what does is shown as an escape. This is the one rule for all text that
/// is not krgboot's own.
///
/// - `\x1b`: control characters (U+0000 to U+001F, U+007F), and bytes that are not UTF-8 (`\xff`). Newline
///   and tab are `\n` and `\t` where one line is meant.
/// - `\u009b`, `\U000e0041`: the other controls (U+0080 to U+009F), bidirectional controls (UAX #9), line and
///   paragraph separators, what is not shown at all (Default_Ignorable_Code_Point of Unicode 15, interlinear
///   annotations), and what is no character (U+FFFE; XML cannot hold it).
/// - `\\`: backslashes are doubled where what follows would make an escape of them: before x, u, U or an
///   escape, and before n and t where one line is meant. Elsewhere they stay single, so that `\040` is shown
///   as it was written.
///
/// Two different texts are never shown alike.
KRGBOOT_EXPORT std::string visible(std::string_view text, LineCount lines = LineCount::one);

/// `text` for a message: as `visible`, in double quotes, with all backslashes and quotes escaped.
KRGBOOT_EXPORT std::string in_quotes(std::string_view text);

/// The same of at most `longest` bytes of `text`, so that a message stays readable; "..." tells of the rest.
KRGBOOT_EXPORT std::string in_quotes(std::string_view text, std::size_t longest);

/// What is put together of krgboot's own words and of what `visible` or `in_quotes` returned: escaped like
/// there but for backslashes, so that nothing is escaped twice. For the last gate before a text leaves, where
/// a part of it may have been forgotten; errors and diagnostics pass it by themselves.
KRGBOOT_EXPORT std::string harmless(std::string_view text, LineCount lines = LineCount::many);

}  // namespace krgboot
