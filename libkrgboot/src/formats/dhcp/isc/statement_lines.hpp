#pragma once

#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <cstddef>
#include <string_view>

namespace krgboot::dhcpd {

/// Part of a text: byte offsets.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool whole_lines = false;
};

/// The whole lines of a statement of `text`, with their line end. Only the statement if one of its lines has
/// other text.
TextRange lines_of(std::string_view text, const Statement& statement);

/// Parses `text`, the content of a dhcpd.conf. Throws ConfigError if it has a syntax error.
Tree parse_or_throw(std::string_view text);

/// Faults that keep `text` from being a list of whole statements that can be written into a dhcpd.conf with
/// an indentation.
Diagnostics check_statements(std::string text);

}  // namespace krgboot::dhcpd
