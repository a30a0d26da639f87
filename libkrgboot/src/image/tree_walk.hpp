#pragma once

#include "krgboot/image/scan.hpp"
#include "krgboot/image/tree_entry.hpp"
#include "krgboot/system/root.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace krgboot {

/// A directory of the tree, open for reading; shared by those who still have to do with names in it.
struct OpenDirectory {
  FileDescriptor descriptor;
  std::string path;  ///< as in entries
  std::string host_path;
};

/// The first of several names of one file, and what is to be known of it by the others.
struct FirstName {
  std::string path;
  std::string sha256;
  std::vector<ExtendedAttribute> attributes;
};

/// What stat(2) tells of a name, and where to open it. Extended attributes and digest are still to come.
struct WalkedEntry {
  TreeEntry entry;
  std::shared_ptr<const OpenDirectory> directory;  ///< where `name` is; of "." itself
  std::string name;                                ///< "." for the tree itself
  FileStatus status;
  std::uint64_t blocks = 0;               ///< of 512 bytes
  std::shared_ptr<FirstName> first_name;  ///< where the file has several names
};

/// A file that is not as it was a moment ago.
class ChangedFiles {
 public:
  ChangedFiles(WhenChanged when, Diagnostics& warnings) : when_(when), warnings_(warnings) {}
  /// Throws ArchiveError "tree.changed", or notes it. `what`: "vanished", "shrank", ...
  void report(const std::string& path, const std::string& host_path, const std::string& what);

 private:
  WhenChanged when_;
  Diagnostics& warnings_;
};

/// Notes something for the user.
void warn(Diagnostics& warnings, std::string code, const std::string& path, std::string message);

/// Walks a tree in its order, by descriptors, following nothing; see `scan`. One thread.
class TreeWalk {
 public:
  TreeWalk(const Root& tree, const std::vector<std::string>& without_contents, ChangedFiles& changed,
           Diagnostics& warnings);
  /// nullopt at the end. Throws IoError "list", "stat", "open", "readlink".
  std::optional<WalkedEntry> next();

 private:
  struct Level {
    std::shared_ptr<OpenDirectory> directory;
    std::vector<std::string> names;
    std::size_t at = 0;
  };

  std::optional<WalkedEntry> look_at(const std::shared_ptr<OpenDirectory>& directory,
                                     const std::string& name);
  void descend(const WalkedEntry& walked);
  void note_names(WalkedEntry& walked, std::uint64_t links);

  std::vector<std::string> without_contents_;
  ChangedFiles& changed_;
  Diagnostics& warnings_;
  std::vector<Level> levels_;
  std::optional<WalkedEntry> root_;
  std::optional<WalkedEntry> pending_;  ///< the directory given last: its contents come next
  std::uint64_t device_ = 0;
  struct Names {
    std::shared_ptr<FirstName> first;
    std::uint64_t still_to_come = 0;
  };
  std::map<std::uint64_t, Names> names_;  ///< by inode, while some of the names are still to come
};

/// All extended attributes that belong to an image, ascending: user., trusted., security. and POSIX ACLs.
/// Throws IoError "getxattr".
std::vector<ExtendedAttribute> attributes_of(int descriptor, const std::string& host_path);
/// The same of a name that is not, or cannot be, opened.
std::vector<ExtendedAttribute> attributes_at(const OpenDirectory& directory, const std::string& name,
                                             const std::string& host_path);

}  // namespace krgboot
