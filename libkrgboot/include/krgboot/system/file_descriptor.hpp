#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <utility>

namespace krgboot {

/// Owns one file descriptor. The destructor ignores errors of close(2); call `close` to find out whether
/// written data has arrived.
class KRGBOOT_EXPORT FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  /// Takes ownership of `descriptor`; a negative number stands for none.
  explicit FileDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  /// The descriptor, which stays owned; -1 if none is held.
  int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  /// Gives up ownership and returns the descriptor; -1 if none is held.
  int release() noexcept { return std::exchange(descriptor_, -1); }

  /// Closes the descriptor now; does nothing if none is held. `path` is for the message. Throws IoError
  /// "close": the descriptor is closed all the same, but written data may be lost.
  void close(const std::string& path);

 private:
  int descriptor_ = -1;
};

}  // namespace krgboot
