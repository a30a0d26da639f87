#include "mounts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mount_calls.hpp"

// Nothing in this file but the constructor allocates memory, takes a lock or throws: see mount_calls.hpp.

namespace krgboot {

namespace {

/// `name` of the directory `old` is to be seen in the directory `copy` too.
int copy_entry(int old, int copy, const char* name) noexcept {
  struct stat status {};
  if (fstatat(old, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? 0 : errno;
  if (S_ISLNK(status.st_mode)) {
    std::array<char, PATH_MAX> target{};
    if (readlinkat(old, name, target.data(), target.size() - 1) < 0) return errno;
    return symlinkat(target.data(), copy, name) == 0 ? 0 : errno;
  }
  if (S_ISDIR(status.st_mode)) {
    if (mkdirat(copy, name, 0755) != 0) return errno;
  } else {
    Handle place(openat(copy, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (place.failed()) return errno;
  }
  Handle tree(clone_of(old, name, AT_SYMLINK_NOFOLLOW));
  // A mount that may not be bound (MS_UNBINDABLE) is missing in the sandbox, no more.
  if (tree.failed()) return errno == EINVAL ? 0 : errno;
  return move_mount(tree.get(), "", copy, name, MOVE_MOUNT_F_EMPTY_PATH) == 0 ? 0 : errno;
}

/// All entries of `old` but `without` are to be seen in `copy`.
int copy_entries(int old, int copy, const char* without) noexcept {
  Handle list(openat(old, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (list.failed()) return errno;
  alignas(struct dirent64) std::array<char, 32768> buffer{};
  for (;;) {
    auto filled = getdents64(list.get(), buffer.data(), buffer.size());
    if (filled < 0) return errno;
    if (filled == 0) return 0;
    for (ssize_t at = 0; at < filled;) {
      const auto* entry = reinterpret_cast<const struct dirent64*>(buffer.data() + at);
      at += entry->d_reclen;
      const auto* name = entry->d_name;
      if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, without) == 0) continue;
      if (auto error = copy_entry(old, copy, name)) return error;
    }
  }
}

/// Lays over the directory `path` a file system of our own that shows the same entries but `without`.
int copy_directory(const char* path, const char* without) noexcept {
  Handle old(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (old.failed()) return errno;
  Handle copy(make_memory_file_system("0755"));
  if (copy.failed()) return errno;
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  if (move_mount(copy.get(), "", old.get(), "", flags) != 0) return errno;
  if (auto error = copy_entries(old.get(), copy.get(), without)) return error;
  // A mount over the root is not seen by those whose root is beneath it.
  if (strcmp(path, "/") == 0 && (fchdir(copy.get()) != 0 || chroot(".") != 0)) return errno;
  return 0;
}

}  // namespace

MountSetup::MountSetup(const std::vector<Bind>& binds)
    : binds_(binds),
      trees_(binds.size(), -1),
      user_map_(fmt::format("0 {} 1\n", geteuid())),
      group_map_(fmt::format("0 {} 1\n", getegid())),
      is_root_(geteuid() == 0) {}

std::optional<ChildSetup::Failure> MountSetup::enter_namespace() const noexcept {
  if (is_root_ && unshare(CLONE_NEWNS) == 0) return std::nullopt;
  // Not root, or a root who may not mount.
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return Failure{make_namespace, 0, errno};
  auto error = become_root_of_namespace(user_map_, group_map_);
  if (error != 0) return Failure{map_user, 0, error};
  return std::nullopt;
}

std::optional<ChildSetup::Failure> MountSetup::prepare() noexcept {
  if (auto failure = enter_namespace()) return failure;
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return Failure{make_private, 0, errno};
  // All sources as the host has them, before anything is laid over them. Their descriptors end with exec.
  auto count = static_cast<int>(binds_.size());
  for (int index = 0; index < count; ++index) {
    auto at = static_cast<std::size_t>(index);
    trees_[at] = clone_of(AT_FDCWD, binds_[at].source.c_str(), 0);
    if (trees_[at] < 0) return Failure{open_source, index, errno};
  }
  for (int index = 0; index < count; ++index) {
    const auto& bind = binds_[static_cast<std::size_t>(index)];
    auto tree = trees_[static_cast<std::size_t>(index)];
    if (bind.read_only) {
      struct mount_attr attributes {};
      attributes.attr_set = MOUNT_ATTR_RDONLY;
      if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) != 0)
        return Failure{attach, index, errno};
    }
    auto error = attach_bind(tree, bind);
    if (error == ENOENT) {
      if (auto failed = make_target(bind, is_directory(tree))) return Failure{copy_parent, index, failed};
      error = attach_bind(tree, bind);
    }
    if (error != 0) return Failure{attach, index, error};
  }
  return std::nullopt;
}

int MountSetup::attach_bind(int source, const Bind& bind) const noexcept {
  Handle target(::open(bind.target.c_str(), O_PATH | O_CLOEXEC));
  if (target.failed()) return errno;
  if (is_directory(source) != is_directory(target.get())) return ENOTDIR;
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return move_mount(source, "", target.get(), "", flags) == 0 ? 0 : errno;
}

int MountSetup::make_target(const Bind& bind, bool directory) const noexcept {
  std::array<char, PATH_MAX> path{};
  auto size = bind.target.size();
  if (size >= path.size()) return ENAMETOOLONG;
  auto cut_at = [&](std::size_t end) {
    memcpy(path.data(), bind.target.c_str(), size + 1);
    path[end] = '\0';
  };
  // The longest part of the path that is a directory: its copy is what we may write to.
  auto parent = size;
  do {
    do {
      --parent;
    } while (bind.target[parent] != '/');
    cut_at(parent == 0 ? 1 : parent);
    Handle opened(::open(path.data(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!opened.failed()) break;
    if (errno != ENOENT) return errno;
  } while (parent > 0);
  std::array<char, PATH_MAX> missing{};
  auto end = std::min(bind.target.find('/', parent + 1), size);
  memcpy(missing.data(), bind.target.data() + parent + 1, end - parent - 1);
  if (auto error = copy_directory(path.data(), missing.data())) return error;
  // Now the missing components, one by one.
  for (; end < size; end = std::min(bind.target.find('/', end + 1), size)) {
    cut_at(end);
    if (mkdir(path.data(), 0755) != 0) return errno;
  }
  cut_at(size);
  if (directory) return mkdir(path.data(), 0755) == 0 ? 0 : errno;
  Handle file(::open(path.data(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  return file.failed() ? errno : 0;
}

}  // namespace krgboot
