#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <utility>

namespace krgboot {

/// Something to mount upon, in an image that has nothing of that name: an empty file of mode 0, or an empty
/// directory, there as long as somebody uses it (each user holds a shared flock(2)). Of a file the last user
/// removes it; of a directory he who made it, if nobody else uses it then. A file that a power cut left
/// behind is known by its mode and size, and taken over. The times of the directory around it stay as they
/// were.
///
/// `put` and `remove` are system calls alone: they are called in a process that outlives the caller.
class Placeholder {
 public:
  enum class Kind { file, directory };

  /// Where `path` (links in it are followed within `root`, the last one too) leads to; nothing is made yet.
  /// nullopt where the directory around it is missing.
  static std::optional<Placeholder> at(const Root& root, const std::string& path, Kind kind);

  Placeholder(Placeholder&& other) noexcept = default;
  Placeholder& operator=(Placeholder&& other) = delete;
  Placeholder(const Placeholder&) = delete;
  Placeholder& operator=(const Placeholder&) = delete;
  ~Placeholder() = default;

  /// Makes it, unless something is there already. 0, or an errno.
  int put() noexcept;
  /// Unless others use it, or somebody has put something in its place; what cannot be removed stays.
  void remove() noexcept;

  /// The same in the caller, for one whose maker was killed: where `at` has found nothing of that name, and
  /// nobody holds what lies there now.
  void remove_left() noexcept;

  int directory() const noexcept { return directory_.get(); }
  /// Of what `put` has made or taken over, which holds the lock; else -1.
  int descriptor() const noexcept { return descriptor_.get(); }

 private:
  Placeholder(FileDescriptor directory, std::string name, Kind kind);
  bool is_held() const noexcept;

  FileDescriptor directory_;
  std::string name_;
  FileDescriptor descriptor_;
  Kind kind_;
  bool was_missing_;     ///< when this was made
  bool is_ours_ = true;  ///< to remove: not a directory that was there
};

}  // namespace krgboot
