#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>

namespace krgboot::dhcpd {

/// Does `text`, the content of a dhcpd.conf, have an `include` statement for `path`, at top level or inside a
/// declaration? Text in comments and strings does not count. Throws ConfigError, with the first error of
/// parse(), if `text` has a syntax error.
KRGBOOT_EXPORT bool has_include(std::string_view text, std::string_view path);

/// Returns `text` with exactly one `include` of `path`. If there is none, it is added at the end, below a
/// comment that names krgboot as its author; a last line without newline gets one first, and the new lines
/// end like the first line of the text. If there are several, only the first stays, because dhcpd rejects
/// hosts that are declared twice. Every other byte is kept. Throws ConfigError as has_include(), because the
/// new line might become part of a block or string; ArgumentError as quote().
KRGBOOT_EXPORT std::string add_include(std::string_view text, std::string_view path);

/// Returns `text` without any `include` of `path` and without krgboot's comment above it. A line without
/// other content is removed completely; every other byte is kept. Throws ConfigError as has_include().
KRGBOOT_EXPORT std::string remove_include(std::string_view text, std::string_view path);

}  // namespace krgboot::dhcpd
