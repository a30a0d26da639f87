#include "system_call.hpp"

#include "krgboot/base/error.hpp"

#include <array>

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/nanoseconds.hpp"

namespace krgboot::system_call {

namespace {

FileKind kind_of(mode_t mode) noexcept {
  if (S_ISREG(mode)) return FileKind::file;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::symlink;
  return FileKind::other;
}

template <class Time>
std::int64_t nanoseconds(const Time& time) noexcept {
  return static_cast<std::int64_t>(time.tv_sec) * nanoseconds_per_second + time.tv_nsec;
}

}  // namespace

FileStatus to_file_status(const struct stat& status) noexcept {
  FileStatus result;
  result.kind = kind_of(status.st_mode);
  result.mode = status.st_mode & 07777U;
  result.uid = status.st_uid;
  result.gid = status.st_gid;
  result.size = static_cast<std::uint64_t>(status.st_size);
  result.device = status.st_dev;
  result.inode = status.st_ino;
  result.mtime_ns = nanoseconds(status.st_mtim);
  result.ctime_ns = nanoseconds(status.st_ctim);
  result.links = status.st_nlink;
  return result;
}

FileStatus to_file_status(const struct statx& status) noexcept {
  FileStatus result;
  result.kind = kind_of(status.stx_mode);
  result.mode = status.stx_mode & 07777U;
  result.uid = status.stx_uid;
  result.gid = status.stx_gid;
  result.size = status.stx_size;
  result.device = makedev(status.stx_dev_major, status.stx_dev_minor);
  result.inode = status.stx_ino;
  result.mtime_ns = nanoseconds(status.stx_mtime);
  result.ctime_ns = nanoseconds(status.stx_ctime);
  result.links = status.stx_nlink;
  return result;
}

std::optional<FileStatus> status_at(int directory, const char* name, const std::string& host_path) {
  struct stat status {};
  if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0) return to_file_status(status);
  if (errno == ENOENT) return std::nullopt;
  throw IoError("stat", host_path, errno);
}

bool is_absent_at(int directory, const char* name, int error_number) noexcept {
  if (error_number != EROFS) return error_number == ENOENT;
  struct stat status {};
  auto absent = fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
  errno = error_number;
  return absent;
}

FileStatus status_of(int descriptor, const std::string& host_path) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) throw IoError("stat", host_path, errno);
  return to_file_status(status);
}

void write_all(int descriptor, std::string_view bytes, const std::string& host_path) {
  while (!bytes.empty()) {
    auto written = retried([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) throw IoError("write", host_path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::vector<std::string> names_in(int descriptor, const std::string& host_path) {
  std::vector<std::string> names;
  if (lseek(descriptor, 0, SEEK_SET) < 0) throw IoError("list", host_path, errno);
  alignas(struct dirent64) std::array<char, 65536> buffer{};
  for (;;) {
    auto filled = getdents64(descriptor, buffer.data(), buffer.size());
    if (filled < 0) throw IoError("list", host_path, errno);
    if (filled == 0) return names;
    for (ssize_t at = 0; at < filled;) {
      const auto* entry = reinterpret_cast<const struct dirent64*>(buffer.data() + at);
      std::string_view name(entry->d_name);
      if (name != "." && name != "..") names.emplace_back(name);
      at += entry->d_reclen;
    }
  }
}

void sync(int descriptor, const std::string& host_path) {
  if (retried([&] { return fsync(descriptor); }) != 0) throw IoError("sync", host_path, errno);
}

}  // namespace krgboot::system_call
