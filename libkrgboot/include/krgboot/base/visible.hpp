#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace krgboot {

/// Form of a shown text. `one`: newlines and tabs are escaped; `many`: they stay unchanged.
enum class LineCount { one, many };

/// Escapes untrusted text so that it is safe to show on a terminal, in a log, in HTML or in SVG. The text
/// stays readable; characters that control the terminal or are invisible become escapes. krgboot uses this
/// one rule for all text from outside.
///
/// - `\x1b`: control characters (U+0000 to U+001F, U+007F), and bytes that are not UTF-8 (`\xff`). With
///   `LineCount::one`, newline and tab become `\n` and `\t`.
/// - `\u009b`, `\U000e0041`: the other controls (U+0080 to U+009F), bidirectional controls (Unicode Annex 9),
///   line and paragraph separators, invisible characters (Default_Ignorable_Code_Point of Unicode 15,
///   interlinear annotations), and noncharacters such as U+FFFE, which XML does not allow.
/// - `\\`: a backslash is doubled where it would otherwise look like the start of an escape: before x, u, U
///   or an escape, and with `LineCount::one` also before n and t. Elsewhere it stays single, so that `\040`
///   is shown unchanged.
///
/// Different texts always give different results.
KRGBOOT_EXPORT std::string visible(std::string_view text, LineCount lines = LineCount::one);

/// `text` in double quotes for a message: escaped as by `visible` in one line, and with all backslashes and
/// quotes escaped.
KRGBOOT_EXPORT std::string in_quotes(std::string_view text);

/// The same of at most the first `longest` bytes of `text`, cut between UTF-8 characters; "..." follows the
/// closing quote if `text` was cut.
KRGBOOT_EXPORT std::string in_quotes(std::string_view text, std::size_t longest);

/// Escapes a text like `visible`, but leaves backslashes unchanged, so that parts which `visible` or
/// `in_quotes` returned are not escaped twice. It is the last check of a complete message before output, in
/// case one of its parts was not escaped. The messages of errors and diagnostics have passed it.
KRGBOOT_EXPORT std::string harmless(std::string_view text, LineCount lines = LineCount::many);

}  // namespace krgboot
