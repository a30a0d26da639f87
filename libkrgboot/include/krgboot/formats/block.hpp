#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// krgboot's marked block in a file that also has other authors (/etc/hosts, or /etc/exports of a server
/// without exports.d):
///
///     # BEGIN krgboot: NAME
///     ...
///     # END krgboot: NAME
///
/// A marker is a whole line that begins in the first column; blanks and a carriage return may follow it. The
/// functions below change only the markers of one name and the lines between them; every other byte of the
/// file is kept. If the markers do not pair up, the lines of krgboot cannot be told from foreign ones; the
/// functions then throw ConflictError.
///
/// In all functions `text` is the content of the file, and `file` is its name, used only in messages and as
/// ConflictError::subject(). They throw ArgumentError "block.name" unless `name` is one line of printable
/// characters without blanks at its ends, and ConflictError "block.unterminated" (BEGIN without END),
/// "block.unopened" (END without BEGIN), "block.doubled" (two blocks of this name) or "block.nested" (another
/// marker of krgboot inside).
struct FoundBlock {
  std::string body;  ///< the lines between the markers, each with a final newline and no carriage return
  Position begin;    ///< of the BEGIN line
  Position end;      ///< of the END line
  friend bool operator==(const FoundBlock&, const FoundBlock&) = default;
};

/// The block with this name; nullopt: there is none. Throws as described at FoundBlock.
KRGBOOT_EXPORT std::optional<FoundBlock> find_block(std::string_view text, std::string_view name,
                                                    std::string_view file = "");

/// Returns `text` with the block `name` set to `body`: in place if the block exists, otherwise at the end,
/// where a last line without newline gets one first. A body without final newline gets one; for an empty body
/// the two markers remain. The lines of the block end like the first line of the file (LF, or CR LF). A
/// second call with the same body changes nothing. Throws as described at FoundBlock, and ArgumentError
/// "block.body" for a body with a carriage return, a NUL or a line that is a marker of krgboot.
KRGBOOT_EXPORT std::string set_block(std::string_view text, std::string_view name, std::string_view body,
                                     std::string_view file = "");

/// Returns `text` without the block and its markers; unchanged if there is no such block. Throws as described
/// at FoundBlock.
KRGBOOT_EXPORT std::string remove_block(std::string_view text, std::string_view name,
                                        std::string_view file = "");

}  // namespace krgboot
