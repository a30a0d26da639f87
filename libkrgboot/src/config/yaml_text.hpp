#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What is looked at before a text is given to yaml-cpp, which takes a byte 0x04 for the end of the file and
/// guesses encodings.
namespace krgboot::yaml {

/// Why `text` cannot be YAML in UTF-8: too large, another encoding, control characters. Without a file name.
std::optional<Diagnostic> check_text(std::string_view text);

/// `text` without the byte order mark that some editors put before UTF-8 (YAML 1.2.2, section 5.2, allows
/// it).
std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// JSON writes a character beyond U+FFFF as two escapes ("\ud83d\ude00", RFC 8259, section 7), which YAML
/// refuses; this writes it as YAML's one ("\U0001f600"). nullopt where `text` is not a JSON object or has no
/// such escapes: then nothing needs to be done.
std::optional<std::string> join_json_surrogates(std::string_view text);

}  // namespace krgboot::yaml
