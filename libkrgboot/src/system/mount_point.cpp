#include "mount_point.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/system/file_descriptor.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system_call.hpp"

namespace krgboot {

int statx_at(int directory, const std::string& name, struct statx& status) noexcept {
  auto flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name.empty() ? AT_EMPTY_PATH : 0);
  return statx(directory, name.c_str(), flags, STATX_BASIC_STATS, &status) == 0 ? 0 : errno;
}

bool is_mount_point(int directory, const std::string& name, const struct statx& status,
                    const std::string& host_path) {
  if ((status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
    return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  struct open_how how {};
  how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_XDEV;
  FileDescriptor opened(system_call::retried(
      [&] { return static_cast<int>(syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)); }));
  if (opened || errno == ENOENT) return false;
  if (errno == EXDEV) return true;
  throw IoError("stat", host_path, errno);
}

}  // namespace krgboot
