#include "krgboot/system/file_descriptor.hpp"

#include "krgboot/base/error.hpp"

#include <cerrno>

#include <unistd.h>

namespace krgboot {

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileDescriptor::close(const std::string& path) {
  if (descriptor_ < 0) return;
  // On Linux the descriptor is closed even after EINTR, and no data is lost.
  if (::close(release()) != 0 && errno != EINTR) throw IoError("close", path, errno);
}

}  // namespace krgboot
