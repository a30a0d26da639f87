#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace krgboot::exports {

/// Longest path in bytes that exportfs and mountd can read (NFS_MAXPATHLEN of nfs-utils).
inline constexpr std::size_t max_path_length = 1024;

/// Longest client word in bytes, with options and parentheses: the buffer of exportfs and mountd has 512
/// bytes, one of them for the final NUL. The length after decoding counts.
inline constexpr std::size_t max_client_length = 511;

/// Encodes a word of an exports file (a path, or a client with its options) so that nfs-utils reads back
/// exactly the bytes of `word`: blanks, control characters, '"', backslashes and a '#' at the start as octal
/// escapes `\ooo`. Octal digits right after a backslash are escaped too, because nfs-utils decodes twice. All
/// other bytes, UTF-8 included, stay. Throws ArgumentError "exports.unquotable" for an empty word or one with
/// a NUL, which an exports file cannot contain.
KRGBOOT_EXPORT std::string quote_path(std::string_view word);

/// Encodes a path as exportfs writes it into its export table, etab, which mountd reads with the same parser.
KRGBOOT_EXPORT std::string etab_path(std::string_view path);

/// The reason why nfs-utils cannot export `path`, as a clause for a message ("it is not absolute"); nullopt:
/// it can. One reason is a backslash before three octal digits: exportfs writes it into etab in a way that
/// mountd decodes to another path.
KRGBOOT_EXPORT std::optional<std::string> path_problem(std::string_view path);

/// `path` without doubled and final '/', as mountd compares paths. Symlinks and ".." stay, because their
/// resolution needs the disk.
KRGBOOT_EXPORT std::string normal_path(std::string_view path);

}  // namespace krgboot::exports
