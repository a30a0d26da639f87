#pragma once

#include "krgboot/system/root.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// By what a file is known again later, perhaps by another process after a restart of the machine.
struct Identity {
  FileKind kind = FileKind::other;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;

  friend bool operator==(const Identity&, const Identity&) = default;
};

Identity identity_of(const FileStatus& status) noexcept;

/// Is what lies there the file known as `self`, unchanged, rather than the one known as `other`? A directory
/// is known by its inode alone. Of others size and time must agree too; the inode may differ, as a few file
/// systems (overlayfs, FUSE) give another number after a rename or a restart, unless it is `other`'s.
bool is_same(const std::optional<FileStatus>& status, const Identity& self, const Identity& other) noexcept;

/// One step of a transaction. `directory` is an index into Record::directories.
struct Operation {
  enum class Kind : std::uint8_t {
    create,            ///< the staged file gets its name, where there was none
    replace,           ///< the staged file and the one at its name change places
    remove,            ///< the file moves into the staging directory
    tree,              ///< the staged directory, with all in it, gets its name
    inside,            ///< a file, symlink or directory in a `tree`: nothing to do but when undone
    remove_directory,  ///< at the end, if it is empty
  };
  Kind kind = Kind::create;
  std::uint32_t directory = 0;
  std::string name;
  Identity staged;  ///< create, replace, tree, inside
  Identity old;     ///< replace, remove

  friend bool operator==(const Operation&, const Operation&) = default;
};

/// All that has to be known to complete or undo a transaction.
struct Record {
  std::string id;                     ///< 16 hex digits
  std::string payload;                ///< the caller's
  std::vector<std::string> confined;  ///< Root::confined() of the root that the transaction began with
  /// As seen inside the root. The first `declared` ones existed before the transaction and may hold a staging
  /// directory; the others are new, inside of a `tree`.
  std::vector<std::string> directories;
  std::size_t declared = 0;
  std::vector<Operation> operations;

  friend bool operator==(const Record&, const Record&) = default;
};

/// Where staged files lie, beside their targets; with ".old" the place for old versions where a file system
/// cannot let two files change places.
std::string staging_name(const std::string& id);
std::string aside_name(const std::string& id);

}  // namespace krgboot
