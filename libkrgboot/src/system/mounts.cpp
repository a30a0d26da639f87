#include "mounts.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/system/root.hpp"

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
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor_message.hpp"
#include "mount_calls.hpp"
#include "reading.hpp"

// Only the constructor, the functions it calls, and `read_back` may allocate memory, take a lock or throw in
// this file: see mount_calls.hpp.

namespace krgboot {

namespace {

int write_new(int directory, const char* path, const char* bytes, std::size_t size) noexcept {
  Handle file(openat(directory, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.failed()) return errno;
  return write_all(file.get(), bytes, size);
}

int show_entry(int old, int copy, const char* name) noexcept {
  struct stat status {};
  if (fstatat(old, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
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
  // A mount that must not be bound (MS_UNBINDABLE) is missing in the sandbox; that is no failure.
  if (tree.failed()) return errno == EINVAL ? 0 : errno;
  return move_mount(tree.get(), "", copy, name, MOVE_MOUNT_F_EMPTY_PATH) == 0 ? 0 : errno;
}

/// Shows the entry `name` of the directory `old` in the directory `copy` too. Other processes may change
/// `old` meanwhile: a removed name is left out, and a name that is removed and made again may be listed twice
/// (readdir(3)).
int copy_entry(int old, int copy, const char* name) noexcept {
  auto error = show_entry(old, copy, name);
  if (error == EEXIST) return 0;
  if (error != ENOENT) return error;
  if (unlinkat(copy, name, 0) != 0 && errno == EISDIR) unlinkat(copy, name, AT_REMOVEDIR);
  return 0;
}

/// Shows all entries of `old` except `without` in `copy`.
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

/// Mounts a file system in memory over the directory `path` that shows the same entries except `without`.
int copy_directory(const char* path, const char* without) noexcept {
  Handle old(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (old.failed()) return errno;
  Handle copy(make_memory_file_system("0755"));
  if (copy.failed()) return errno;
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  if (move_mount(copy.get(), "", old.get(), "", flags) != 0) return errno;
  if (auto error = copy_entries(old.get(), copy.get(), without)) return error;
  // Processes whose root is "/" do not see a mount over it: make the mount the new root.
  if (strcmp(path, "/") == 0 && (fchdir(copy.get()) != 0 || chroot(".") != 0)) return errno;
  return 0;
}

}  // namespace

MountSetup::MountSetup(const std::vector<Bind>& binds, const std::vector<MemoryFile>& files)
    : binds_(binds),
      user_map_(fmt::format("0 {} 1\n", geteuid())),
      group_map_(fmt::format("0 {} 1\n", getegid())),
      is_root_(geteuid() == 0) {
  for (const auto& bind : binds) targets_.push_back({bind.target, bind.read_only});
  for (const auto& file : files) add(file);
  trees_.assign(targets_.size(), -1);
  own_.reserve(targets_.size());
  if (pieces_.empty()) return;
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) throw IoError("socketpair", "", errno);
  parents_end_ = FileDescriptor(ends[0]);
  childs_end_ = FileDescriptor(ends[1]);
}

/// Path in memory of the file to show at `path`; "" if it lies in none of the places in memory.
std::string MountSetup::place_in_memory(const std::string& path) const {
  for (auto above = path;; above = parent_path(above)) {
    auto found = places_.find(above);
    if (found != places_.end()) return found->second + path.substr(above.size());
    if (above == "/") return {};
  }
}

void MountSetup::add(const MemoryFile& file) {
  auto place = place_in_memory(file.path);
  if (place.empty()) {
    place = std::to_string(targets_.size());
    targets_.push_back({file.path, false});
    attached_.push_back(place);
  }
  // Make the missing parent directories; existing ones are no failure.
  for (auto slash = place.find('/'); slash != std::string::npos; slash = place.find('/', slash + 1))
    pieces_.push_back({place.substr(0, slash), nullptr});
  places_.emplace(file.path, place);
  pieces_.push_back({place, file.content ? &*file.content : nullptr});
}

std::optional<ChildSetup::Failure> MountSetup::enter_namespace() const noexcept {
  if (is_root_ && unshare(CLONE_NEWNS) == 0) return std::nullopt;
  // Not root, or root without the right to mount.
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return Failure{make_namespace, 0, errno};
  auto error = become_root_of_namespace(user_map_, group_map_);
  if (error != 0) return Failure{map_user, 0, error};
  return std::nullopt;
}

std::optional<ChildSetup::Failure> MountSetup::prepare() noexcept {
  if (auto failure = enter_namespace()) return failure;
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return Failure{make_private, 0, errno};
  // Copy all source mounts before anything is mounted over them. Exec closes their descriptors.
  for (std::size_t at = 0; at < binds_.size(); ++at) {
    trees_[at] = clone_of(AT_FDCWD, binds_[at].source.c_str(), 0);
    if (trees_[at] < 0) return Failure{open_source, static_cast<int>(at), errno};
  }
  if (!pieces_.empty()) {
    if (auto failure = fill_memory()) return failure;
  }
  return attach_all();
}

std::optional<ChildSetup::Failure> MountSetup::fill_memory() noexcept {
  Handle memory(make_memory_file_system("0755"));
  if (memory.failed()) return Failure{make_memory, 0, errno};
  // Parts can be bound only from a mounted file system. A mount over the root is invisible.
  if (move_mount(memory.get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0)
    return Failure{make_memory, 0, errno};
  for (std::size_t at = 0; at < pieces_.size(); ++at) {
    const auto& piece = pieces_[at];
    auto error =
        piece.content == nullptr
            ? (mkdirat(memory.get(), piece.path.c_str(), 0755) == 0 || errno == EEXIST ? 0 : errno)
            : write_new(memory.get(), piece.path.c_str(), piece.content->data(), piece.content->size());
    if (error != 0) return Failure{write_file, static_cast<int>(at), error};
  }
  for (std::size_t at = 0; at < attached_.size(); ++at) {
    auto index = binds_.size() + at;
    trees_[index] = clone_of(memory.get(), attached_[at].c_str(), 0);
    if (trees_[index] < 0) return Failure{attach, static_cast<int>(index), errno};
  }
  auto error = hand_over(memory.get());
  if (error != 0) return Failure{make_memory, 0, error};
  return std::nullopt;
}

/// Sends the parent a descriptor of the file system in memory, through which it reads the files that the
/// program has left.
int MountSetup::hand_over(int memory) const noexcept {
  return send_descriptor(childs_end_.get(), memory);
}

std::optional<std::string> MountSetup::read_back(const std::string& path) {
  if (!memory_ && parents_end_) {
    auto descriptor = receive_descriptor(parents_end_.get(), MSG_DONTWAIT);
    if (descriptor < 0) throw IoError("recvmsg", path, errno);
    memory_ = FileDescriptor(descriptor);
  }
  auto place = "/" + place_in_memory(path);
  if (place == "/" || !memory_) return std::nullopt;
  // The program may have left anything there: follow no symlink out of it, and open regular files only.
  Root root(fmt::format("/proc/self/fd/{}", memory_.get()));
  auto status = root.status(place);
  if (!status || status->kind != FileKind::file) return std::nullopt;
  auto file = open_regular(root, place, LastLink::stay);
  if (!file) return std::nullopt;
  return read_all(file->descriptor.get(), file->status, default_read_limit, path).bytes;
}

std::optional<ChildSetup::Failure> MountSetup::attach_all() noexcept {
  for (std::size_t at = 0; at < targets_.size(); ++at) {
    const auto& target = targets_[at];
    auto index = static_cast<int>(at);
    auto tree = trees_[at];
    if (target.read_only) {
      struct mount_attr attributes {};
      attributes.attr_set = MOUNT_ATTR_RDONLY;
      if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) != 0)
        return Failure{attach, index, errno};
    }
    if (at >= binds_.size() && strchr(target.path.c_str() + 1, '/') != nullptr) {
      if (auto failed = make_own_target(target.path, is_directory(tree)))
        return Failure{copy_parent, index, failed};
    }
    auto error = attach_tree(tree, target);
    if (error == ENOENT) {
      if (auto failed = make_target(target.path, is_directory(tree)))
        return Failure{copy_parent, index, failed};
      error = attach_tree(tree, target);
    }
    if (error != 0) return Failure{attach, index, error};
  }
  return std::nullopt;
}

int MountSetup::attach_tree(int tree, const Target& target) const noexcept {
  Handle opened(::open(target.path.c_str(), O_PATH | O_CLOEXEC));
  if (opened.failed()) return errno;
  if (is_directory(tree) != is_directory(opened.get())) return ENOTDIR;
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return move_mount(tree, "", opened.get(), "", flags) == 0 ? 0 : errno;
}

/// Makes the mount point for a file in memory in a directory of the sandbox's own. A mount on the host's file
/// would end with that file: since Linux 3.19 rename(2), unlink(2) and rmdir(2) of it, in any namespace,
/// remove all mounts on it, and the program would then see the host's entry.
int MountSetup::make_own_target(const std::string& target, bool directory) noexcept {
  std::array<char, PATH_MAX> above{};
  if (target.size() >= above.size()) return ENAMETOOLONG;
  memcpy(above.data(), target.data(), target.rfind('/'));
  struct stat status {};
  if (stat(target.c_str(), &status) == 0 && S_ISDIR(status.st_mode) != directory) return ENOTDIR;
  auto is_ours = [&](dev_t device) { return std::find(own_.begin(), own_.end(), device) != own_.end(); };
  if (stat(above.data(), &status) != 0 || !is_ours(status.st_dev)) {
    // The copy does not have the host's entry of that name.
    if (auto error = make_target(target, directory)) return error;
    if (stat(above.data(), &status) != 0) return errno;
    own_.push_back(status.st_dev);  // capacity is reserved: this code must not allocate
    return 0;
  }
  // The copy shows a host entry of that name: unmount it.
  if (umount2(target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != EINVAL && errno != ENOENT)
    return errno;
  if (unlink(target.c_str()) != 0 && errno != ENOENT && errno != EISDIR) return errno;
  if (rmdir(target.c_str()) != 0 && errno != ENOENT) return errno;
  if (directory) return mkdir(target.c_str(), 0755) == 0 ? 0 : errno;
  Handle file(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  return file.failed() ? errno : 0;
}

int MountSetup::make_target(const std::string& target, bool directory) const noexcept {
  std::array<char, PATH_MAX> path{};
  auto size = target.size();
  if (size >= path.size()) return ENAMETOOLONG;
  auto cut_at = [&](std::size_t end) {
    memcpy(path.data(), target.c_str(), size + 1);
    path[end] = '\0';
  };
  // The longest part of the path that is a directory: a copy of it is writable.
  auto parent = size;
  do {
    do {
      --parent;
    } while (target[parent] != '/');
    cut_at(parent == 0 ? 1 : parent);
    Handle opened(::open(path.data(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!opened.failed()) break;
    if (errno != ENOENT) return errno;
  } while (parent > 0);
  std::array<char, PATH_MAX> missing{};
  auto end = std::min(target.find('/', parent + 1), size);
  memcpy(missing.data(), target.data() + parent + 1, end - parent - 1);
  if (auto error = copy_directory(path.data(), missing.data())) return error;
  // Make the missing components, one by one.
  for (; end < size; end = std::min(target.find('/', end + 1), size)) {
    cut_at(end);
    if (mkdir(path.data(), 0755) != 0) return errno;
  }
  cut_at(size);
  if (directory) return mkdir(path.data(), 0755) == 0 ? 0 : errno;
  Handle file(::open(path.data(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  return file.failed() ? errno : 0;
}

}  // namespace krgboot
