#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace krgboot::exports {

/// Longest path that exportfs and mountd hold, in bytes (NFS_MAXPATHLEN of nfs-utils).
inline constexpr std::size_t max_path_length = 1024;

/// Longest client word, options and parentheses included, in bytes: their buffer holds 512 with the final
/// NUL. It is the length after decoding that counts.
inline constexpr std::size_t max_client_length = 511;

/// `word` (a path, or a client with its options) as it has to stand in an exports file for nfs-utils to read
/// back exactly these bytes: blanks, control characters, '"' and '\\' as \ooo, a '#' at the start as \043,
/// and octal digits right behind a '\\' as \ooo as well, because nfs-utils decodes what it has decoded once
/// more. Other bytes stay, UTF-8 included. Throws ArgumentError "exports.unquotable" for an empty word or one
/// with a NUL, which no word of an exports file can hold.
KRGBOOT_EXPORT std::string quote_path(std::string_view word);

/// `path` as exportfs writes it into its export table, etab, which mountd reads with the same reader.
KRGBOOT_EXPORT std::string etab_path(std::string_view path);

/// Why nfs-utils cannot export `path`, in one clause ("it is not absolute"); nullopt where it can. One such
/// path reads back well from the exports file but not from the export table that mountd reads: exportfs
/// writes a '\\' before three octal digits there in a way that decodes to another path.
KRGBOOT_EXPORT std::optional<std::string> path_problem(std::string_view path);

/// `path` without doubled and final '/', as mountd compares it. Symbolic links and ".." stay: they need the
/// disk.
KRGBOOT_EXPORT std::string normal_path(std::string_view path);

}  // namespace krgboot::exports
