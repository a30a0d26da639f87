#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>

namespace krgboot::dhcpd {

/// Does this dhcpd.conf read `path` by an `include` statement, at top level or inside a declaration? One in a
/// comment or in a string is none. Throws ConfigError where `text` cannot be read as dhcpd.conf.
KRGBOOT_EXPORT bool has_include(std::string_view text, std::string_view path);

/// `text` with exactly one `include` of `path`, on a line of its own at the end, below a comment that says
/// whose it is. One that stands there already, wherever that is, stays where it is; further ones go, because
/// dhcpd refuses to see a host twice. Every other byte stays; a last line without newline gets one; lines end
/// as the first line of the text does. Throws ConfigError where `text` cannot be read as dhcpd.conf (the new
/// line might end up inside a block or a string), ArgumentError as `quote`.
KRGBOOT_EXPORT std::string add_include(std::string_view text, std::string_view path);

/// `text` without any `include` of `path` and without our comment above it; a line that held nothing else
/// goes as a whole, every other byte stays. Throws ConfigError as above.
KRGBOOT_EXPORT std::string remove_include(std::string_view text, std::string_view path);

}  // namespace krgboot::dhcpd
