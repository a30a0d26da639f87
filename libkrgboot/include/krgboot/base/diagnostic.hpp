#pragma once

#include "krgboot/export.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace krgboot {

/// A place in a text, counted from 1; {0, 0} where there is none.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  explicit operator bool() const noexcept { return line != 0; }
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// A place in a named file.
struct KRGBOOT_EXPORT Location {
  std::string file;  ///< as the caller named it; empty for a text without a file
  Position position;

  /// "cluster.yaml:3:14", "cluster.yaml", or "" where nothing is known.
  std::string to_string() const;
  friend bool operator==(const Location&, const Location&) = default;
};

enum class Severity { warning, error };

/// One finding about an input. Every floor that judges input fills a list of these instead of throwing at the
/// first fault, so that the user sees all of them at once.
struct KRGBOOT_EXPORT Diagnostic {
  Severity severity = Severity::error;
  std::string code;     ///< stable, dotted, lower case: "node.duplicate_address"
  std::string message;  ///< one sentence without full stop
  std::string hint;     ///< what to do about it; may be empty
  std::string key;      ///< key path in the spec: "nodes[2].address"; may be empty
  Location where;

  /// "cluster.yaml:3:14: error: message (hint) [code]"; parts that are empty are left out.
  /// One line that a terminal may be given, whatever the parts hold (`harmless`).
  std::string to_string() const;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

KRGBOOT_EXPORT std::string to_string(Severity severity);
KRGBOOT_EXPORT bool has_errors(const Diagnostics& diagnostics) noexcept;

/// All of them, one a line, without a final newline.
KRGBOOT_EXPORT std::string to_string(const Diagnostics& diagnostics);

/// {"severity", "code", "message", "hint", "key", "file", "line", "column"} for each.
KRGBOOT_EXPORT std::string to_json(const Diagnostics& diagnostics);

}  // namespace krgboot
