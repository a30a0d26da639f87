#pragma once

#include "krgboot/export.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace krgboot {

/// A place in a text. Lines and columns count from 1; {0, 0} means that the place is unknown.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  /// Is the place known?
  explicit operator bool() const noexcept { return line != 0; }
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// A place in a named file.
struct KRGBOOT_EXPORT Location {
  std::string file;  ///< name of the file as the caller gave it; empty for a text without a file
  Position position;

  /// "cluster.yaml:3:14"; "cluster.yaml" without a position; "3:14" without a file; "" without both.
  std::string to_string() const;
  friend bool operator==(const Location&, const Location&) = default;
};

/// Does a finding make the input invalid (error) or only doubtful (warning)?
enum class Severity { warning, error };

/// One finding about an input. Functions that check input return a list of findings instead of throwing at
/// the first fault, so that the user sees all of them at once.
struct KRGBOOT_EXPORT Diagnostic {
  Severity severity = Severity::error;
  std::string code;     ///< stable identifier, dotted, lower case: "node.duplicate_address"
  std::string message;  ///< one sentence without full stop
  std::string hint;     ///< how to correct it; may be empty
  std::string key;      ///< key path in cluster.yaml: "nodes[2].address"; may be empty
  Location where;

  /// "cluster.yaml:3:14: error: message (hint) [code]", without the empty parts. Always one line, escaped by
  /// `harmless` so that it is safe to print on a terminal.
  std::string to_string() const;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

KRGBOOT_EXPORT std::string to_string(Severity severity);
/// Does the list hold a finding of severity `error`?
KRGBOOT_EXPORT bool has_errors(const Diagnostics& diagnostics) noexcept;

/// All findings, one per line, without a final newline.
KRGBOOT_EXPORT std::string to_string(const Diagnostics& diagnostics);

/// A JSON array, in ASCII, with one object per finding. Its keys are "severity", "code", "message", "hint",
/// "key", "file", "line" and "column". A byte that is not UTF-8 is written as the text `\xff`.
KRGBOOT_EXPORT std::string to_json(const Diagnostics& diagnostics);

}  // namespace krgboot
