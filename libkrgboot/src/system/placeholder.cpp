#include "placeholder.hpp"

#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "path.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

/// Restores a directory's times after krgboot has added or removed an entry.
class DirectoryTimes {
 public:
  explicit DirectoryTimes(int directory) noexcept
      : directory_(directory), known_(fstat(directory, &status_) == 0) {}
  DirectoryTimes(const DirectoryTimes&) = delete;
  DirectoryTimes(DirectoryTimes&&) = delete;
  DirectoryTimes& operator=(const DirectoryTimes&) = delete;
  DirectoryTimes& operator=(DirectoryTimes&&) = delete;
  ~DirectoryTimes() {
    if (!known_) return;
    std::array<struct timespec, 2> times{status_.st_atim, status_.st_mtim};
    futimens(directory_, times.data());
  }

 private:
  int directory_;
  struct stat status_ {};  // before known_, whose initializer fills it
  bool known_;
};

bool is_same(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Does the entry look like a placeholder? Nothing else in an image does.
bool is_placeholder(const struct stat& status, Placeholder::Kind kind) noexcept {
  if (kind == Placeholder::Kind::directory) return S_ISDIR(status.st_mode);
  return S_ISREG(status.st_mode) && status.st_size == 0 && (status.st_mode & 07777U) == 0;
}

/// Locks the file before it gets a name: a kill must not leave an entry that no process holds. -1 with EEXIST
/// if the name exists.
int make_file(int directory, const char* name) noexcept {
  auto file = ::openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0);
  // Some file systems do not support O_TMPFILE.
  if (file < 0) return ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_CREAT | O_EXCL, 0);
  std::array<char, 64> path{"/proc/self/fd/"};
  constexpr std::size_t prefix = sizeof "/proc/self/fd/" - 1;
  std::to_chars(path.data() + prefix, path.data() + path.size() - 1, file);
  if (flock(file, LOCK_SH) == 0 && linkat(AT_FDCWD, path.data(), directory, name, AT_SYMLINK_FOLLOW) == 0)
    return file;
  auto error = errno;
  ::close(file);
  errno = error;
  return -1;
}

int make_entry(int directory, const char* name, Placeholder::Kind kind) noexcept {
  if (kind == Placeholder::Kind::file) return make_file(directory, name);
  if (mkdirat(directory, name, 0755) != 0) return -1;
  return ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_DIRECTORY);
}

/// Opens the placeholder that another krgboot run uses or has left behind; -1 with EEXIST if the entry is no
/// placeholder.
int open_entry(int directory, const char* name, Placeholder::Kind kind) noexcept {
  struct stat status {};
  if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -1;
  if (!is_placeholder(status, kind)) {
    errno = EEXIST;
    return -1;
  }
  auto only = kind == Placeholder::Kind::directory ? O_DIRECTORY : O_NONBLOCK;
  return ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | only);
}

}  // namespace

Placeholder::Placeholder(FileDescriptor directory, std::string name, Kind kind)
    : directory_(std::move(directory)),
      name_(std::move(name)),
      kind_(kind),
      was_missing_(faccessat(directory_.get(), name_.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0) {}

std::optional<Placeholder> Placeholder::at(const Root& root, const std::string& path, Kind kind) {
  auto directory = root.open(parent_path(path), O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!directory) return std::nullopt;
  return Placeholder(std::move(directory), base_name(path), kind);
}

bool Placeholder::is_held() const noexcept {
  struct stat held {};
  struct stat named {};
  return descriptor_ && fstat(descriptor_.get(), &held) == 0 &&
         fstatat(directory_.get(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && is_same(held, named) &&
         is_placeholder(named, kind_);
}

int Placeholder::put() noexcept {
  // Another run may remove the placeholder between the two calls; then make a new one.
  for (;;) {
    {
      DirectoryTimes unchanged(directory_.get());
      descriptor_ = FileDescriptor(make_entry(directory_.get(), name_.c_str(), kind_));
      is_ours_ = true;
      if (!descriptor_ && errno != EEXIST) return errno;
    }
    if (!descriptor_) {
      // Hold an existing directory too: its maker must not remove it while we use it.
      descriptor_ = FileDescriptor(open_entry(directory_.get(), name_.c_str(), kind_));
      if (!descriptor_ && errno == ENOENT) continue;
      if (!descriptor_) return 0;
      is_ours_ = kind_ == Kind::file;
    }
    if (system_call::retried([&] { return flock(descriptor_.get(), LOCK_SH); }) != 0) return errno;
    if (is_held()) return 0;
  }
}

void Placeholder::remove() noexcept {
  if (!descriptor_) return;
  // Every user holds the lock; the last one removes the placeholder.
  if (is_ours_ && flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0 && is_held()) {
    DirectoryTimes unchanged(directory_.get());
    unlinkat(directory_.get(), name_.c_str(), kind_ == Kind::directory ? AT_REMOVEDIR : 0);
  }
  descriptor_ = FileDescriptor();
}

void Placeholder::remove_left() noexcept {
  if (!was_missing_) return;
  constexpr int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_DIRECTORY;
  descriptor_ = FileDescriptor(kind_ == Kind::directory ? ::openat(directory_.get(), name_.c_str(), flags)
                                                        : open_entry(directory_.get(), name_.c_str(), kind_));
  remove();
}

}  // namespace krgboot
