#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <utility>

namespace krgboot {

/// A mount point in an image that has no entry of that name: an empty file of mode 0, or an empty directory.
/// It exists while at least one process uses it; each user holds a shared flock(2). The last user removes a
/// file; its maker removes a directory, if no other process uses it then. A file that a power cut left behind
/// is recognised by its mode and size, and reused. The times of the parent directory stay unchanged.
///
/// `put` and `remove` make only system calls: they are called in a process that outlives the caller.
class Placeholder {
 public:
  enum class Kind { file, directory };

  /// The placeholder for `path`, which is resolved within `root`; symlinks are followed, except in the last
  /// component. Makes nothing yet. nullopt if the parent directory is missing.
  static std::optional<Placeholder> at(const Root& root, const std::string& path, Kind kind);

  Placeholder(Placeholder&& other) noexcept = default;
  Placeholder& operator=(Placeholder&& other) = delete;
  Placeholder(const Placeholder&) = delete;
  Placeholder& operator=(const Placeholder&) = delete;
  ~Placeholder() = default;

  /// Makes the placeholder unless the name exists. Returns 0 or an errno.
  int put() noexcept;
  /// Removes the placeholder unless others use it or it has been replaced; ignores failures.
  void remove() noexcept;

  /// The same for the caller, after the maker was killed: removes an entry that was missing when `at` ran and
  /// that no process holds.
  void remove_left() noexcept;

  int directory() const noexcept { return directory_.get(); }
  /// Descriptor of the entry that `put` has made or reused, which holds the lock; otherwise -1.
  int descriptor() const noexcept { return descriptor_.get(); }

 private:
  Placeholder(FileDescriptor directory, std::string name, Kind kind);
  bool is_held() const noexcept;

  FileDescriptor directory_;
  std::string name_;
  FileDescriptor descriptor_;
  Kind kind_;
  bool was_missing_;     ///< when this object was made
  bool is_ours_ = true;  ///< whether to remove it: false for a directory that existed before
};

}  // namespace krgboot
