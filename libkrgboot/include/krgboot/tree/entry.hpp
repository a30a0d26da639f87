#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/extended_attribute.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace krgboot {

/// What an image consists of. Sockets are not among it: they belong to running programs.
enum class EntryType { file, directory, symlink, fifo, character_device, block_device };

/// The words of mtree(5): "file", "dir", "link", "fifo", "char", "block".
KRGBOOT_EXPORT std::string to_string(EntryType type);

/// One name in a tree with all that is kept of it. What has no meaning for its type is empty or 0.
struct TreeEntry {
  std::string path;  ///< any bytes; "." for the tree itself, else "usr/bin/perl"
  EntryType type = EntryType::file;
  mode_t mode = 0;  ///< permission bits with setuid, setgid and sticky (07777)
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size = 0;     ///< bytes of a regular file, holes counted
  std::int64_t mtime_ns = 0;  ///< nanoseconds since 1970
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
  std::string link_target;  ///< of a symlink, as written
  /// Path of the first entry, in the order of the tree, that is another name of the same file; empty for that
  /// first one and for files with one name.
  std::string hard_link;
  std::vector<ExtendedAttribute> attributes;  ///< ascending by name
  std::string sha256;                         ///< of a regular file's bytes, in hex; empty where not wanted

  friend bool operator==(const TreeEntry&, const TreeEntry&) = default;
};

/// The order of every list of entries: a directory right before what is in it, names in byte order. "." is
/// first. Negative, 0, positive as strcmp.
KRGBOOT_EXPORT int compare_tree_paths(std::string_view a, std::string_view b) noexcept;

/// May `path` stand in an entry: "." or relative, clean (no empty component, no "." or "..") and without NUL?
KRGBOOT_EXPORT bool is_tree_path(std::string_view path) noexcept;

}  // namespace krgboot
