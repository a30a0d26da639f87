#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// What the bare loops make or read: the regular files of a tree, each with its bytes.
class Files {
 public:
  /// All regular files below `root` in these directories.
  Files(const std::string& root, const std::vector<std::string>& directories);

  std::size_t count() const noexcept { return files_.size(); }

  /// Makes the empty directories below `root`.
  void make_directories(const std::string& root) const;
  /// The floor of writing: for each file open with O_CREAT|O_EXCL, write, close; then one syncfs, where
  /// wanted.
  void create(const std::string& root, bool sync) const;
  /// The floor of reading: for each file open, read, close.
  void read(const std::string& root) const;

 private:
  struct File {
    std::size_t directory;
    std::string name;
    std::string bytes;
  };
  std::vector<int> open_directories(const std::string& root) const;

  std::vector<std::string> directories_;  // as seen below a root
  std::vector<File> files_;
};

}  // namespace bench
