#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

namespace krgboot {

/// Something to mount upon, in an image that has nothing of that name: an empty file of mode 0, or an empty
/// directory, there as long as somebody uses it. Whoever goes last removes it (each user holds a shared
/// flock(2)); a file that was left behind by a power cut is known by its mode and size, and taken over. The
/// times of the directory around it stay as they were.
class Placeholder {
 public:
  enum class Kind { file, directory };

  /// Makes one where `path` (links in it are followed within `root`, the last one too) leads to nothing in
  /// a directory that exists. nullopt where something is there already, where that directory is missing,
  /// and where the last component is a symlink.
  static std::optional<Placeholder> make(const Root& root, const std::string& path, Kind kind);

  Placeholder(Placeholder&& other) noexcept = default;
  Placeholder& operator=(Placeholder&& other) = delete;
  Placeholder(const Placeholder&) = delete;
  Placeholder& operator=(const Placeholder&) = delete;
  ~Placeholder() { remove(); }

  /// Unless others use it, or somebody has put something in its place. System calls alone, so that it can be
  /// called in a child; what cannot be removed stays.
  void remove() const noexcept;

  int directory() const noexcept { return directory_.get(); }
  int descriptor() const noexcept { return descriptor_.get(); }

 private:
  Placeholder(FileDescriptor directory, std::string name, FileDescriptor descriptor, Kind kind)
      : directory_(std::move(directory)),
        name_(std::move(name)),
        descriptor_(std::move(descriptor)),
        kind_(kind) {}

  FileDescriptor directory_;
  std::string name_;
  FileDescriptor descriptor_;  ///< of the placeholder; holds the lock
  Kind kind_;
};

}  // namespace krgboot
