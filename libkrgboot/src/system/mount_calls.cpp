#include "mount_calls.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace krgboot {

Handle::~Handle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int write_all(int descriptor, const char* bytes, std::size_t size) noexcept {
  while (size > 0) {
    auto written = ::write(descriptor, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return 0;
}

int write_text(const char* path, const char* text, std::size_t size) noexcept {
  Handle file(::open(path, O_WRONLY | O_CLOEXEC));
  if (file.failed()) return errno;
  return write_all(file.get(), text, size);
}

int open_in_root(int root, const char* path, int flags, mode_t mode, std::uint64_t resolve) noexcept {
  struct open_how how {};
  // openat2 refuses combinations of flags that open(2) ignores.
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC | ((flags & O_PATH) == 0 ? O_NOCTTY : 0));
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve;
  // The kernel returns EAGAIN if a rename raced with a ".." in the path; the caller must try again.
  constexpr int attempts = 100;
  for (int attempt = 0;; ++attempt) {
    auto descriptor = static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof how));
    if (descriptor < 0 && errno == EINTR) continue;
    if (descriptor >= 0 || errno != EAGAIN || attempt == attempts) return descriptor;
  }
}

int become_root_of_namespace(const std::string& user_map, const std::string& group_map) noexcept {
  // After a change of user a process may write its own files in /proc only if it is dumpable.
  prctl(PR_SET_DUMPABLE, 1);
  auto error = write_text("/proc/self/setgroups", "deny", 4);
  if (error == 0) error = write_text("/proc/self/uid_map", user_map.data(), user_map.size());
  if (error == 0) error = write_text("/proc/self/gid_map", group_map.data(), group_map.size());
  return error;
}

int clone_of(int directory, const char* path, unsigned flags) noexcept {
  return open_tree(directory, path,
                   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | static_cast<unsigned>(AT_RECURSIVE) | flags);
}

bool is_directory(int descriptor) noexcept {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
}

void close_on_exec_from(int first) noexcept {
  if (syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  auto limit = sysconf(_SC_OPEN_MAX);
  for (auto descriptor = first; descriptor < limit; ++descriptor) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

int make_memory_file_system(const char* mode) noexcept {
  Handle context(fsopen("tmpfs", FSOPEN_CLOEXEC));
  if (context.failed()) return -1;
  if (fsconfig(context.get(), FSCONFIG_SET_STRING, "mode", mode, 0) != 0) return -1;
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return -1;
  return fsmount(context.get(), FSMOUNT_CLOEXEC, 0);
}

}  // namespace krgboot
