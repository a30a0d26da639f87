#include "krgboot/system/root.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attributes.hpp"
#include "mount_calls.hpp"
#include "opening.hpp"
#include "path.hpp"
#include "reading.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

bool is_inside(std::string_view path, std::string_view directory) noexcept {
  return path.size() > directory.size() && path.substr(0, directory.size()) == directory &&
         path[directory.size()] == '/';
}

bool is_absent(int error_number) noexcept {
  return error_number == ENOENT || error_number == ENOTDIR;
}

}  // namespace

std::string to_string(FileKind kind) {
  switch (kind) {
    case FileKind::file:
      return "file";
    case FileKind::directory:
      return "directory";
    case FileKind::symlink:
      return "symlink";
    case FileKind::other:
      break;
  }
  return "special file";
}

Root::Root(const std::filesystem::path& directory) {
  auto state = std::make_shared<State>();
  state->descriptor = FileDescriptor(
      system_call::retried([&] { return ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC); }));
  if (!state->descriptor) throw IoError("open", directory, errno);
  // Fail here, where the cause is clear, instead of at the first file.
  FileDescriptor probe(open_in_root(state->descriptor.get(), "/", O_PATH | O_DIRECTORY));
  if (!probe) throw IoError("open", directory, errno);
  if (access("/proc/self/fd", X_OK) != 0)
    throw IoError("open", "/proc/self/fd", errno, "files are opened through it: mount /proc");
  std::string_view path = directory.native();
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  state->host_path = path;
  state_ = std::move(state);
}

FileDescriptor Root::open(const std::string& path, int flags, LastLink last, mode_t mode) const {
  check_path(path);
  if (last == LastLink::stay) flags |= O_NOFOLLOW;
  FileDescriptor outer;
  auto resolved = [&](int how, mode_t made) { return open_in_root(descriptor(), path.c_str(), how, made); };
  const auto* around = confined_around(path);
  const auto* beneath = path.c_str() + (around == nullptr ? 0 : around->size());
  auto confined = [&](int how, mode_t made) {
    return open_in_root(outer.get(), beneath, how, made, RESOLVE_NO_SYMLINKS);
  };
  FileDescriptor result;
  if (around != nullptr) {
    outer = FileDescriptor(open_in_root(descriptor(), around->c_str(), O_PATH | O_DIRECTORY));
    if (!outer && !is_absent(errno)) throw IoError("open", describe(*around), errno);
    if (!outer) return result;
    result = FileDescriptor(opened_by(confined, flags, mode));
  } else {
    result = FileDescriptor(opened_by(resolved, flags, mode));
  }
  if (!result && !is_absent(errno)) throw IoError("open", describe(path), errno, why_not_opened(errno));
  return result;
}

Root Root::beneath(const std::string& path) const {
  auto state = std::make_shared<State>();
  state->host_path = describe(path);
  state->descriptor = open(path, O_PATH | O_DIRECTORY, LastLink::follow);
  if (!state->descriptor) throw IoError("open", state->host_path, errno);
  auto confined = std::make_shared<Paths>();
  for (const auto& directory : *confined_) {
    if (path == "/") {
      confined->push_back(directory);
    } else if (is_inside(directory, path)) {
      confined->push_back(directory.substr(path.size()));
    }
  }
  return {std::move(state), std::move(confined)};
}

Root Root::confining(const std::vector<std::string>& directories) const {
  auto confined = std::make_shared<Paths>(*confined_);
  for (const auto& directory : directories) {
    check_path(directory);
    confined->push_back(directory);
  }
  std::sort(confined->begin(), confined->end());
  confined->erase(std::unique(confined->begin(), confined->end()), confined->end());
  return {state_, std::move(confined)};
}

/// The outermost confined directory that `path` lies in; nullptr: none. A path in the outermost one is
/// resolved without symlinks, so inner ones add nothing.
const std::string* Root::confined_around(const std::string& path) const noexcept {
  const std::string* outermost = nullptr;
  for (const auto& directory : *confined_) {
    if (is_inside(path, directory) && (outermost == nullptr || directory.size() < outermost->size()))
      outermost = &directory;
  }
  return outermost;
}

std::optional<Directory> Root::directory(const std::string& path) const {
  auto descriptor = open(path, O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!descriptor) return std::nullopt;
  return Directory(std::move(descriptor), path, describe(path));
}

std::optional<FileStatus> Root::status(const std::string& path) const {
  auto descriptor = open(path, O_PATH);
  if (!descriptor) return std::nullopt;
  return system_call::status_of(descriptor.get(), describe(path));
}

std::optional<FileStatus> Root::status_through_links(const std::string& path) const {
  auto descriptor = open(path, O_PATH, LastLink::follow);
  if (!descriptor) return std::nullopt;
  return system_call::status_of(descriptor.get(), describe(path));
}

std::optional<FileContent> Root::read_with_status(const std::string& path, std::size_t max_size) const {
  auto file = open_regular(*this, path, LastLink::stay);
  if (!file) return std::nullopt;
  return read_all(file->descriptor.get(), file->status, max_size, describe(path));
}

std::optional<std::string> Root::read_file(const std::string& path, std::size_t max_size) const {
  auto content = read_with_status(path, max_size);
  if (!content) return std::nullopt;
  return std::move(content->bytes);
}

std::optional<FileContent> Root::read_through_links(const std::string& path, std::size_t max_size) const {
  auto file = open_regular(*this, path, LastLink::follow);
  if (!file) return std::nullopt;
  return read_all(file->descriptor.get(), file->status, max_size, describe(path));
}

std::optional<std::string> Root::read_link(const std::string& path) const {
  auto descriptor = open(path, O_PATH);
  if (!descriptor) return std::nullopt;
  return link_target(descriptor.get(), "", describe(path));
}

std::optional<std::vector<std::string>> Root::list_directory(const std::string& path) const {
  auto opened = directory(path);
  if (!opened) return std::nullopt;
  return opened->list();
}

bool Root::same_content(const Root& source_root, const std::string& source, const std::string& path,
                        LastLink links) const {
  auto found = links == LastLink::follow ? status_through_links(path) : status(path);
  if (!found || found->kind != FileKind::file) return false;
  auto a = open_regular(source_root, source, LastLink::follow);
  auto b = open_regular(*this, path, links);
  if (!a || !b || a->status.size != b->status.size) return false;
  if (a->status.device == b->status.device && a->status.inode == b->status.inode) return true;
  return same_bytes(a->descriptor.get(), source_root.describe(source), b->descriptor.get(), describe(path));
}

void Root::make_directories(const std::string& path, mode_t mode) const {
  if (open(path, O_PATH | O_DIRECTORY, LastLink::follow)) return;
  if (path == "/") throw IoError("open", describe(path), errno);
  auto above = parent_path(path);
  make_directories(above, mode);
  auto parent = open(above, O_PATH | O_DIRECTORY, LastLink::follow);
  if (!parent) throw IoError("open", describe(above), errno);
  auto name = base_name(path);
  if (mkdirat(parent.get(), name.c_str(), mode) != 0) {
    // Another process has created it: fine, if it is a directory.
    if (errno == EEXIST && open(path, O_PATH | O_DIRECTORY, LastLink::follow)) return;
    throw IoError("mkdir", describe(path), errno);
  }
  auto made = open(path, O_RDONLY | O_DIRECTORY);
  if (!made) throw IoError("open", describe(path), errno);
  drop_access_lists(made.get());
  if (system_call::status_of(made.get(), describe(path)).mode != mode && fchmod(made.get(), mode) != 0)
    throw IoError("chmod", describe(path), errno);
}

std::string Root::describe(const std::string& path) const {
  if (host_path() == "/") return path;
  return path == "/" ? host_path().native() : host_path().native() + path;
}

bool Root::is_host() const {
  struct stat mine {};
  struct stat host {};
  return fstat(descriptor(), &mine) == 0 && stat("/", &host) == 0 && mine.st_dev == host.st_dev &&
         mine.st_ino == host.st_ino;
}

}  // namespace krgboot
