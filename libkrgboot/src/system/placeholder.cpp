#include "placeholder.hpp"

#include "krgboot/base/error.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system_call.hpp"

namespace krgboot {

namespace {

/// The times of a directory, put back when an entry of our own has come or gone.
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
  struct stat status_ {};  // before known_, which is made by filling it
  bool known_;
};

bool is_same(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// What a placeholder looks like; nothing else in an image does.
bool is_placeholder(const struct stat& status, Placeholder::Kind kind) noexcept {
  if (kind == Placeholder::Kind::directory) return S_ISDIR(status.st_mode);
  return S_ISREG(status.st_mode) && status.st_size == 0 && (status.st_mode & 07777U) == 0;
}

int make_entry(int directory, const char* name, Placeholder::Kind kind) noexcept {
  constexpr int kept = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  if (kind == Placeholder::Kind::file) return ::openat(directory, name, kept | O_CREAT | O_EXCL, 0);
  if (mkdirat(directory, name, 0755) != 0) return -1;
  return ::openat(directory, name, kept | O_DIRECTORY);
}

/// A file of our own that another run uses, or left behind; -1: what is there is none.
int open_entry(int directory, const char* name, Placeholder::Kind kind) noexcept {
  struct stat status {};
  if (kind != Placeholder::Kind::file || fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      !is_placeholder(status, kind))
    return -1;
  return ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

}  // namespace

std::optional<Placeholder> Placeholder::make(const Root& root, const std::string& path, Kind kind) {
  auto host_path = root.describe(path);
  auto name = base_name(path);
  auto directory = root.open(parent_path(path), O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!directory) return std::nullopt;
  // Another run may remove the one that we have just found; then we make our own.
  for (;;) {
    FileDescriptor entry;
    {
      DirectoryTimes unchanged(directory.get());
      entry = FileDescriptor(make_entry(directory.get(), name.c_str(), kind));
      if (!entry && errno != EEXIST) throw IoError("make", host_path, errno);
    }
    if (!entry) {
      entry = FileDescriptor(open_entry(directory.get(), name.c_str(), kind));
      if (!entry) return std::nullopt;
    }
    if (system_call::retried([&] { return flock(entry.get(), LOCK_SH); }) != 0)
      throw IoError("lock", host_path, errno);
    struct stat held {};
    struct stat named {};
    if (fstat(entry.get(), &held) == 0 &&
        fstatat(directory.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && is_same(held, named))
      return Placeholder(std::move(directory), name, std::move(entry), kind);
  }
}

void Placeholder::remove() const noexcept {
  if (!descriptor_) return;
  // Others who use it hold it too; of two that go at once, one is the last.
  if (flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) return;
  struct stat held {};
  struct stat named {};
  if (fstat(descriptor_.get(), &held) != 0 ||
      fstatat(directory_.get(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || !is_same(held, named) ||
      !is_placeholder(named, kind_))
    return;
  DirectoryTimes unchanged(directory_.get());
  unlinkat(directory_.get(), name_.c_str(), kind_ == Kind::directory ? AT_REMOVEDIR : 0);
}

}  // namespace krgboot
