#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// A marked block of krgboot's own in a file that other people write too (/etc/hosts, or /etc/exports where
/// there is no exports.d):
///
///   # BEGIN krgboot: NAME
///   …
///   # END krgboot: NAME
///
/// A marker is a whole line that begins in the first column; blanks and a carriage return may follow it. The
/// functions below change what stands between two markers of one name, and the markers; every other byte of
/// the file stays as it is. Where the markers do not pair up, nobody can tell our lines from foreign ones:
/// then they throw ConflictError and change nothing.
///
/// In all of them `name` must be one line of printable characters that neither begins nor ends with a blank
/// (ArgumentError "block.name" otherwise), and `file` is the file's name, only for messages and
/// ConflictError::subject(). ConflictError's codes: "block.unterminated" (BEGIN without END),
/// "block.unopened" (END without BEGIN), "block.doubled" (two blocks of this name), "block.nested" (another
/// marker of krgboot's inside).

/// What stands between the markers.
struct FoundBlock {
  std::string body;  ///< whole lines, each ending in '\n', whatever line ends the file has
  Position begin;    ///< of the BEGIN line
  Position end;      ///< of the END line
  friend bool operator==(const FoundBlock&, const FoundBlock&) = default;
};

/// The block of that name; nullopt where there is none.
KRGBOOT_EXPORT std::optional<FoundBlock> find_block(std::string_view text, std::string_view name,
                                                    std::string_view file = "");

/// `text` with `body` between the markers: in place where the block exists, at the end of the file where it
/// does not. Then a newline is given to a last line that has none, since the block could not begin otherwise.
/// A body without final newline gets one; an empty body leaves the two markers. The lines of the block end
/// like the first line of the file (LF, or CR LF). Setting the same body again gives the same bytes. Throws
/// ArgumentError "block.body" for a body with a carriage return, a NUL or a line that is a marker of
/// krgboot's.
KRGBOOT_EXPORT std::string set_block(std::string_view text, std::string_view name, std::string_view body,
                                     std::string_view file = "");

/// `text` without the block and its markers; `text` itself where there is none.
KRGBOOT_EXPORT std::string remove_block(std::string_view text, std::string_view name,
                                        std::string_view file = "");

}  // namespace krgboot
