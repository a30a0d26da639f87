#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// The files that the bare loops make or read: the regular files of a tree, with their contents.
class Files {
 public:
  /// All regular files below `root` in these directories.
  Files(const std::string& root, const std::vector<std::string>& directories);

  std::size_t count() const noexcept { return files_.size(); }

  /// Makes the empty directories below `root`.
  void make_directories(const std::string& root) const;
  /// Minimum for writing: for each file open with O_CREAT|O_EXCL, write, close; then one syncfs, if `sync` is
  /// set.
  void create(const std::string& root, bool sync) const;
  /// Minimum for reading: for each file open, read, close.
  void read(const std::string& root) const;

 private:
  struct File {
    std::size_t directory;
    std::string name;
    std::string bytes;
  };
  std::vector<int> open_directories(const std::string& root) const;

  std::vector<std::string> directories_;  // relative to a root
  std::vector<File> files_;
};

}  // namespace bench
