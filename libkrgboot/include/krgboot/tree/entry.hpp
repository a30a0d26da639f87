#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/extended_attribute.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace krgboot {

/// File types that an image can hold. Sockets are not among them, because they belong to running programs.
enum class EntryType { file, directory, symlink, fifo, character_device, block_device };

/// The words of mtree(5): "file", "dir", "link", "fifo", "char", "block".
KRGBOOT_EXPORT std::string to_string(EntryType type);

/// One name in a tree with everything that is kept of it. Fields without meaning for the type are empty or 0.
struct TreeEntry {
  std::string path;  ///< any bytes; "." for the tree itself, otherwise relative: "usr/bin/perl"
  EntryType type = EntryType::file;
  mode_t mode = 0;  ///< permission bits with setuid, setgid and sticky (07777)
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size = 0;     ///< bytes of a regular file, including holes
  std::int64_t mtime_ns = 0;  ///< nanoseconds since 1970
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
  std::string link_target;  ///< of a symlink, as stored
  /// Path of the first entry, in the order of `compare_tree_paths`, that names the same file; empty for that
  /// first entry and for files with one name.
  std::string hard_link;
  std::vector<ExtendedAttribute> attributes;  ///< ascending by name
  std::string sha256;  ///< of a regular file's content, 64 hex digits; empty if not computed

  friend bool operator==(const TreeEntry&, const TreeEntry&) = default;
};

/// Compares two paths in the order of all lists of entries: "." first, a directory directly before its
/// content, names in byte order. Returns a negative number, 0 or a positive number, as strcmp(3) does.
KRGBOOT_EXPORT int compare_tree_paths(std::string_view a, std::string_view b) noexcept;

/// Is `path` valid in an entry: "." or relative, without empty components, "." or ".." as a component, and
/// NUL?
KRGBOOT_EXPORT bool is_tree_path(std::string_view path) noexcept;

}  // namespace krgboot
