#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

// For use between fork and exec of a process that may have threads: nothing here allocates memory, takes a
// lock or throws. Functions return 0 or an errno, or a descriptor and -1 with errno set.

namespace krgboot {

/// FileDescriptor without a `close` that can throw.
class Handle {
 public:
  explicit Handle(int descriptor) noexcept : descriptor_(descriptor) {}
  Handle(const Handle&) = delete;
  Handle(Handle&&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  ~Handle();
  int get() const noexcept { return descriptor_; }
  bool failed() const noexcept { return descriptor_ < 0; }

 private:
  int descriptor_;
};

int write_all(int descriptor, const char* bytes, std::size_t size) noexcept;
/// Writes to an existing file.
int write_text(const char* path, const char* text, std::size_t size) noexcept;

/// openat2(2) confined to `root`, close-on-exec; -1 with the kernel's errno.
int open_in_root(int root, const char* path, int flags, mode_t mode = 0, std::uint64_t resolve = 0) noexcept;

/// Makes this process root in the user namespace that it has just created. `user_map` and `group_map` are
/// lines for /proc/self/uid_map and gid_map (user_namespaces(7)).
int become_root_of_namespace(const std::string& user_map, const std::string& group_map) noexcept;

/// A detached copy of the mount at `path` and of the mounts beneath it.
int clone_of(int directory, const char* path, unsigned flags) noexcept;

bool is_directory(int descriptor) noexcept;

/// Makes exec close all descriptors from `first` on.
void close_on_exec_from(int first) noexcept;

/// An empty file system in memory, not yet attached; `mode` is that of its root directory ("0755").
int make_memory_file_system(const char* mode) noexcept;

}  // namespace krgboot
