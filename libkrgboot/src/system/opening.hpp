#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/types.h>

// Opens files safely where another process may have replaced them. Opening a device can have effects (a
// watchdog's timer starts), and opening a FIFO can block forever. So the name is first opened with O_PATH,
// which does not open the file, and its type is checked. Only a regular file or a directory is then opened,
// through /proc/self/fd, where it cannot be replaced (open(2), O_PATH; proc(5), /proc/PID/fd).

namespace krgboot {

/// Opens the file of `found`, an O_PATH descriptor. `flags` are those of open(2), without O_CREAT. -1 with
/// errno: ELOOP for a symlink, EINVAL for a FIFO, a socket or a device, ENOTSUP if /proc is not mounted, and
/// the errors of open(2).
int open_found(int found, int flags) noexcept;

/// Opens a name by `open(flags, mode)`, without ever opening a device, FIFO or socket; -1 with errno as
/// above. With O_CREAT a missing file is made.
template <class Open>
int opened_by(Open open, int flags, mode_t mode) {
  constexpr int most_attempts = 100;
  constexpr int makes = O_CREAT | O_EXCL;
  // These flags open no existing file except a directory.
  if ((flags & (O_PATH | O_DIRECTORY)) != 0 || (flags & makes) == makes) return open(flags, mode);
  for (int attempt = 0;; ++attempt) {
    FileDescriptor found(open(O_PATH | (flags & (O_NOFOLLOW | O_CLOEXEC)), 0));
    if (found) return open_found(found.get(), flags & ~(O_CREAT | O_NOFOLLOW));
    if (errno != ENOENT || (flags & O_CREAT) == 0) return -1;
    auto made = open(flags | O_EXCL, mode);
    // EEXIST: another process has created the file.
    if (made >= 0 || errno != EEXIST || attempt == most_attempts) return made;
  }
}

/// The meaning of EINVAL from these functions, for messages; "" for any other error.
std::string why_not_opened(int error_number);

/// openat(2) in this way: `name` in `directory`, or a host path and AT_FDCWD. Adds O_CLOEXEC and O_NOCTTY.
/// Empty, with errno, on failure.
FileDescriptor open_at(int directory, const char* name, int flags, mode_t mode = 0) noexcept;

}  // namespace krgboot
