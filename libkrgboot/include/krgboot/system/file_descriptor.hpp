#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <utility>

namespace krgboot {

/// Owns one file descriptor. The destructor closes it silently; whoever has to know whether what was written
/// arrived calls `close`, which reports.
class KRGBOOT_EXPORT FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  explicit FileDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  /// The descriptor, still owned; -1 where none is held.
  int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  int release() noexcept { return std::exchange(descriptor_, -1); }

  /// Closes now; nothing happens where none is held. `path` is for the message. Throws IoError "close": the
  /// descriptor is gone all the same, and what was written may be lost.
  void close(const std::string& path);

 private:
  int descriptor_ = -1;
};

}  // namespace krgboot
