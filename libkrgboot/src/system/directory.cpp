#include "krgboot/base/error.hpp"
#include "krgboot/system/root.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>

#include "path.hpp"
#include "reading.hpp"
#include "system_call.hpp"

namespace krgboot {

std::optional<FileStatus> Directory::status(const std::string& name) const {
  check_name(name);
  struct stat found {};
  if (fstatat(descriptor(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0)
    return system_call::to_file_status(found);
  if (errno == ENOENT) return std::nullopt;
  throw IoError("stat", describe(name), errno);
}

std::optional<FileContent> Directory::read(const std::string& name, std::size_t max_size) const {
  check_name(name);
  auto host_path = describe(name);
  auto file = open_regular_at(descriptor(), name, host_path);
  if (!file) return std::nullopt;
  return read_all(file->descriptor.get(), file->status, max_size, host_path);
}

std::optional<std::string> Directory::read_link(const std::string& name) const {
  check_name(name);
  return link_target(descriptor(), name, describe(name));
}

std::vector<std::string> Directory::list() const {
  // A new descriptor, because threads that share one would also share its read position.
  FileDescriptor own(::openat(descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) throw IoError("list", host_path_, errno);
  auto names = system_call::names_in(own.get(), host_path_);
  std::sort(names.begin(), names.end());
  return names;
}

std::string Directory::describe(const std::string& name) const {
  return joined_path(host_path_, name);
}

}  // namespace krgboot
