#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Checks before a text is passed to yaml-cpp, which treats a byte 0x04 as the end of the file and guesses
/// encodings.
namespace krgboot::yaml {

/// The reason why `text` cannot be YAML in UTF-8: too large, another encoding, control characters. The
/// diagnostic has no file name.
std::optional<Diagnostic> check_text(std::string_view text);

/// `text` without the byte order mark that some editors write before UTF-8 (allowed by YAML 1.2.2, section
/// 5.2).
std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// JSON writes a character above U+FFFF as two escapes ("\ud83d\ude00", RFC 8259, section 7), which YAML
/// refuses. This function replaces them by YAML's single escape ("\U0001f600"). nullopt if `text` is not a
/// JSON object or has no such escapes, so that no change is needed.
std::optional<std::string> join_json_surrogates(std::string_view text);

}  // namespace krgboot::yaml
