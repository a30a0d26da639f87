#include "opening.hpp"

#include <array>
#include <cstdio>

#include <sys/stat.h>

#include "system_call.hpp"

namespace krgboot {

int open_found(int found, int flags) noexcept {
  struct stat status {};
  if (fstat(found, &status) != 0) return -1;
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    errno = S_ISLNK(status.st_mode) ? ELOOP : EINVAL;
    return -1;
  }
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", found);
  auto opened = system_call::retried([&] { return ::open(path.data(), flags | O_NOCTTY | O_CLOEXEC); });
  // An open file exists, so ENOENT means that /proc is not mounted.
  if (opened < 0 && errno == ENOENT) errno = ENOTSUP;
  return opened;
}

std::string why_not_opened(int error_number) {
  return error_number == EINVAL ? "it is a device, a socket or a FIFO" : "";
}

FileDescriptor open_at(int directory, const char* name, int flags, mode_t mode) noexcept {
  auto open = [&](int how, mode_t made) {
    return system_call::retried([&] { return ::openat(directory, name, how, made); });
  };
  return FileDescriptor(opened_by(open, flags | O_NOCTTY | O_CLOEXEC, mode));
}

}  // namespace krgboot
