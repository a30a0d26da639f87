#pragma once

#include "krgboot/system/root.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Identifies a file later, perhaps in another process after a reboot.
struct Identity {
  FileKind kind = FileKind::other;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;

  friend bool operator==(const Identity&, const Identity&) = default;
};

Identity identity_of(const FileStatus& status) noexcept;

/// Is the file with this `status` the file `self`, unchanged, and not `other`? A directory is identified by
/// its inode alone. For other files size and time must also agree. Their inode may differ, because a few file
/// systems (overlayfs, FUSE) change it on a rename or reboot, but must not be that of `other`.
bool is_same(const std::optional<FileStatus>& status, const Identity& self, const Identity& other) noexcept;

/// One step of a transaction. `directory` is an index into Record::directories.
struct Operation {
  enum class Kind : std::uint8_t {
    create,            ///< the staged file gets its name, which was free
    replace,           ///< the staged file and the existing file exchange places
    remove,            ///< the file moves into the staging directory
    tree,              ///< the staged directory and its content get their name
    inside,            ///< a file, symlink or directory in a `tree`: only used when undoing
    remove_directory,  ///< removed at the end if it is empty
  };
  Kind kind = Kind::create;
  std::uint32_t directory = 0;
  std::string name;
  Identity staged;  ///< for create, replace, tree, inside
  Identity old;     ///< for replace, remove

  friend bool operator==(const Operation&, const Operation&) = default;
};

/// Everything needed to complete or undo a transaction.
struct Record {
  std::string id;                     ///< 16 hex digits
  std::string payload;                ///< the caller's data
  std::vector<std::string> confined;  ///< Root::confined() of the root that the transaction began with
  /// Paths inside the root. The first `declared` ones existed before the transaction and may hold a staging
  /// directory; the others are new, inside a `tree`.
  std::vector<std::string> directories;
  std::size_t declared = 0;
  std::vector<Operation> operations;

  friend bool operator==(const Record&, const Record&) = default;
};

/// Names of the staging directory, beside the targets, and of the directory for old versions (with ".old") on
/// file systems that cannot exchange two files.
std::string staging_name(const std::string& id);
std::string aside_name(const std::string& id);

}  // namespace krgboot
