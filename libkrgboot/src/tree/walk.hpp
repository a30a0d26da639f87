#pragma once

#include "krgboot/system/root.hpp"
#include "krgboot/tree/entry.hpp"
#include "krgboot/tree/scan.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace krgboot {

/// A directory of the tree, open for reading; shared by all entries that still need it.
struct OpenDirectory {
  FileDescriptor descriptor;
  std::string path;  ///< as in entries
  std::string host_path;
};

/// The first of several names of one file, with the data that the other names need.
struct FirstName {
  std::string path;
  std::string sha256;
  std::vector<ExtendedAttribute> attributes;
};

/// A name with its stat(2) data, and the directory to open it from. Extended attributes and digest are added
/// later.
struct WalkedEntry {
  TreeEntry entry;
  std::shared_ptr<const OpenDirectory> directory;  ///< the directory that contains `name`; for "." the tree
                                                   ///< itself
  std::string name;                                ///< "." for the tree itself
  FileStatus status;
  std::uint64_t blocks = 0;               ///< of 512 bytes
  std::shared_ptr<FirstName> first_name;  ///< set if the file has several names
};

/// Reports files that changed while they were read.
class ChangedFiles {
 public:
  ChangedFiles(WhenChanged when, Diagnostics& warnings) : when_(when), warnings_(warnings) {}
  /// Throws ArchiveError "tree.changed", or adds a warning. `what`: "vanished", "shrank", ...
  void report(const std::string& path, const std::string& host_path, const std::string& what);

 private:
  WhenChanged when_;
  Diagnostics& warnings_;
};

/// Adds a warning for the user.
void warn(Diagnostics& warnings, std::string code, const std::string& path, std::string message);

/// Walks a tree in tree order, by descriptors and without following symlinks; see `scan`. For use by one
/// thread.
class TreeWalk {
 public:
  /// `allow_loss`: see ScanOptions.
  TreeWalk(const Root& tree, const std::vector<std::string>& without_contents, bool allow_loss,
           ChangedFiles& changed, Diagnostics& warnings);
  /// The next entry; nullopt at the end. Throws IoError "list", "stat", "open", "readlink"; instead of the
  /// end ArchiveError "tree.left_out" if anything was lost. Returns no further entries after the first loss.
  std::optional<WalkedEntry> next();

 private:
  struct Level {
    std::shared_ptr<OpenDirectory> directory;
    std::vector<std::string> names;
    std::size_t at = 0;
  };

  std::optional<WalkedEntry> step();
  std::optional<WalkedEntry> look_at(const std::shared_ptr<OpenDirectory>& directory,
                                     const std::string& name);
  void lose(const std::string& path, std::string message);
  [[noreturn]] void refuse_loss() const;
  void descend(const WalkedEntry& walked);
  void note_names(WalkedEntry& walked, std::uint64_t links);

  std::vector<std::string> without_contents_;
  bool allow_loss_;
  ChangedFiles& changed_;
  Diagnostics& warnings_;
  std::string host_path_;
  std::vector<Level> levels_;
  std::optional<WalkedEntry> root_;
  std::optional<WalkedEntry> pending_;  ///< the directory returned last: its contents come next
  std::vector<std::pair<std::string, std::string>> lost_;  ///< path and message of the first losses
  std::uint64_t losses_ = 0;
  struct Names {
    std::shared_ptr<FirstName> first;
    std::uint64_t still_to_come = 0;
  };
  /// By device and inode, until all names of the file have been seen.
  std::map<std::pair<std::uint64_t, std::uint64_t>, Names> names_;
};

/// All extended attributes that belong to an image, in ascending order: user., trusted., security. and POSIX
/// ACLs. Throws IoError "getxattr".
std::vector<ExtendedAttribute> attributes_of(int descriptor, const std::string& host_path);
/// The same for a name that is not, or cannot be, opened.
std::vector<ExtendedAttribute> attributes_at(const OpenDirectory& directory, const std::string& name,
                                             const std::string& host_path);

}  // namespace krgboot
