#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/types.h>

// How files are opened where somebody else may have put something else in their place. To open a device can
// do something (a watchdog's timer starts) and to open a FIFO can wait for ever. So a name is opened with
// O_PATH, which opens no file; what it leads to is looked at; and only a regular file or a directory is
// opened, through /proc/self/fd, where nothing can take its place (open(2), O_PATH; proc(5), /proc/PID/fd).

namespace krgboot {

/// Opens what `found`, a descriptor of O_PATH, refers to. `flags` are those of open(2), without O_CREAT. -1
/// with errno: ELOOP for a symlink, EINVAL for a FIFO, a socket or a device, ENOTSUP where /proc is not
/// mounted, and what open(2) says.
int open_found(int found, int flags) noexcept;

/// `open(flags, mode)` is any of the calls that open a name. Calls it so that no device, FIFO or socket is
/// ever opened; -1 with errno as above. With O_CREAT a file that is missing is made.
template <class Open>
int opened_by(Open open, int flags, mode_t mode) {
  constexpr int most_attempts = 100;
  constexpr int makes = O_CREAT | O_EXCL;
  // None of these opens what was there before, but for directories.
  if ((flags & (O_PATH | O_DIRECTORY)) != 0 || (flags & makes) == makes) return open(flags, mode);
  for (int attempt = 0;; ++attempt) {
    FileDescriptor found(open(O_PATH | (flags & (O_NOFOLLOW | O_CLOEXEC)), 0));
    if (found) return open_found(found.get(), flags & ~(O_CREAT | O_NOFOLLOW));
    if (errno != ENOENT || (flags & O_CREAT) == 0) return -1;
    auto made = open(flags | O_EXCL, mode);
    // EEXIST: somebody else was faster.
    if (made >= 0 || errno != EEXIST || attempt == most_attempts) return made;
  }
}

/// For messages: what EINVAL of these functions means. "" for any other error.
std::string why_not_opened(int error_number);

/// openat(2) in that way: `name` in `directory`, or a path of the host's and AT_FDCWD. O_CLOEXEC and O_NOCTTY
/// are added. Empty, with errno, where it fails.
FileDescriptor open_at(int directory, const char* name, int flags, mode_t mode = 0) noexcept;

}  // namespace krgboot
