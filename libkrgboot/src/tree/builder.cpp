#include "builder.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "attributes.hpp"
#include "base/nanoseconds.hpp"
#include "base/path_text.hpp"
#include "system/path.hpp"
#include "system/system_call.hpp"
#include "walk.hpp"

namespace krgboot {

namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string parent_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string name_in(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// Paths are relative to the tree, whose own path is ".".
bool lies_within(const std::string& path, const std::string& directory) {
  return directory == "." || is_within(path, directory);
}

struct timespec to_timespec(std::int64_t nanoseconds) {
  struct timespec time {};
  time.tv_sec = nanoseconds / nanoseconds_per_second;
  time.tv_nsec = nanoseconds % nanoseconds_per_second;
  if (time.tv_nsec < 0) {
    time.tv_nsec += nanoseconds_per_second;
    --time.tv_sec;
  }
  return time;
}

mode_t type_bits(EntryType type) noexcept {
  if (type == EntryType::fifo) return S_IFIFO;
  return type == EntryType::character_device ? S_IFCHR : S_IFBLK;
}

}  // namespace

void NewFile::write_at(std::uint64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    auto written = system_call::retried(
        [&] { return ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (written < 0) throw IoError("write", host_path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::size_t>(written);
  }
}

void NewFile::finish(const std::vector<ExtendedAttribute>& attributes) {
  auto status = system_call::status_of(descriptor_.get(), host_path_);
  if (status.size != entry_.size && ftruncate(descriptor_.get(), static_cast<off_t>(entry_.size)) != 0)
    throw IoError("write", host_path_, errno);
  builder_.set_attributes(entry_, attributes, status, -1, "", descriptor_.get());
  descriptor_.close(host_path_);
}

TreeBuilder::TreeBuilder(int directory, std::string archive, std::string target, bool allow_loss,
                         Diagnostics& warnings)
    : root_(directory),
      archive_(std::move(archive)),
      target_(std::move(target)),
      allow_loss_(allow_loss),
      warnings_(warnings) {
  Level root;
  root.path = ".";
  root.descriptor = FileDescriptor(::openat(directory, ".", directory_flags));
  if (!root.descriptor) throw IoError("open", target_, errno);
  TreeEntry plain;
  plain.path = ".";
  plain.type = EntryType::directory;
  plain.mode = 0755;
  plain.uid = geteuid();
  plain.gid = getegid();
  plain.mtime_ns = system_call::status_of(directory, target_).mtime_ns;
  root.entry = plain;
  levels_.push_back(std::move(root));
}

std::string TreeBuilder::host_path_of(const std::string& path) const {
  return path == "." ? target_ : joined_path(target_, path);
}

int TreeBuilder::enter(const std::string& path, const std::string& parent) {
  while (!lies_within(parent, levels_.back().path)) leave();
  while (levels_.back().path != parent) {
    const auto& above = levels_.back().path;
    auto start = above == "." ? 0 : above.size() + 1;
    auto end = parent.find('/', start);
    open_level(parent.substr(0, end), parent.substr(start, end == std::string::npos ? end : end - start),
               path);
  }
  return levels_.back().descriptor.get();
}

void TreeBuilder::open_level(const std::string& path, const std::string& component,
                             const std::string& entry) {
  auto above = levels_.back().descriptor.get();
  Level level;
  level.path = path;
  auto open = [&] {
    level.descriptor = FileDescriptor(
        system_call::retried([&] { return ::openat(above, component.c_str(), directory_flags); }));
  };
  open();
  if (!level.descriptor && errno == ENOENT) {
    if (mkdirat(above, component.c_str(), 0755) != 0) throw IoError("mkdir", host_path_of(path), errno);
    open();
    if (level.descriptor && fchmod(level.descriptor.get(), 0755) != 0)
      throw IoError("chmod", host_path_of(path), errno);
  } else if (level.descriptor) {
    level.mtime_ns = system_call::status_of(level.descriptor.get(), host_path_of(path)).mtime_ns;
    level.restore_mtime = true;
  }
  if (level.descriptor) {
    levels_.push_back(std::move(level));
    return;
  }
  if (errno != ELOOP && errno != ENOTDIR) throw IoError("open", host_path_of(path), errno);
  auto found = system_call::status_at(above, component.c_str(), host_path_of(path));
  auto kind = found ? to_string(found->kind) : "nothing";
  throw ArchiveError("archive.through_link", archive_, entry,
                     fmt::format("{}: {} leads through {}, which is a {}", visible(archive_),
                                 in_quotes(entry), in_quotes(path), kind));
}

void TreeBuilder::leave() {
  auto level = std::move(levels_.back());
  levels_.pop_back();
  if (level.entry) {
    auto status = system_call::status_of(level.descriptor.get(), host_path_of(level.path));
    auto attributes = level.entry->attributes;
    auto inherited = std::find_if(attributes.begin(), attributes.end(),
                                  [](const auto& attribute) { return attribute.name == default_acl; });
    // An archive may return to this directory later, and its new entries must not inherit this ACL.
    if (inherited != attributes.end() && !levels_.empty()) {
      default_acls_.emplace_back(*level.entry, std::move(*inherited));
      attributes.erase(inherited);
    }
    set_attributes(*level.entry, attributes, status, -1, "", level.descriptor.get());
  } else if (level.restore_mtime) {
    struct timespec times[2] = {{0, UTIME_OMIT}, to_timespec(level.mtime_ns)};
    if (futimens(level.descriptor.get(), times) != 0) throw IoError("utime", host_path_of(level.path), errno);
  }
}

void TreeBuilder::finish() {
  while (levels_.size() > 1) leave();
  for (const auto& [entry, acl] : std::exchange(default_acls_, {})) {
    auto descriptor = enter(entry.path, entry.path);
    if (fsetxattr(descriptor, acl.name.c_str(), acl.value.data(), acl.value.size(), 0) != 0)
      lose(entry, "setxattr", errno, fmt::format("extended attribute {} is lost", acl.name));
  }
  while (!levels_.empty()) leave();
}

void TreeBuilder::clear_place(int directory, const std::string& name, const TreeEntry& entry) {
  if (unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR) throw IoError("remove", host_path_of(entry.path), errno);
  throw ArchiveError("archive.kind", archive_, entry.path,
                     fmt::format("{}: {} is a directory first and something else later", visible(archive_),
                                 in_quotes(entry.path)));
}

void TreeBuilder::add_directory(const TreeEntry& entry) {
  if (entry.path == ".") {
    levels_.front().entry = entry;
    return;
  }
  auto parent = enter(entry.path, parent_of(entry.path));
  auto name = name_in(entry.path);
  if (mkdirat(parent, name.c_str(), 0700) != 0) {
    if (errno != EEXIST) throw IoError("mkdir", host_path_of(entry.path), errno);
    auto found = system_call::status_at(parent, name.c_str(), host_path_of(entry.path));
    if (!found || found->kind != FileKind::directory)
      throw ArchiveError("archive.kind", archive_, entry.path,
                         fmt::format("{}: {} is something else first and a directory later",
                                     visible(archive_), in_quotes(entry.path)));
  }
  open_level(entry.path, name, entry.path);
  levels_.back().entry = entry;
}

std::unique_ptr<NewFile> TreeBuilder::add_file(const TreeEntry& entry) {
  auto parent = enter(entry.path, parent_of(entry.path));
  auto name = name_in(entry.path);
  FileDescriptor file;
  auto open = [&] {
    // Usually with the final mode at once: no other process can enter this tree before it is published.
    file = FileDescriptor(system_call::retried([&] {
      return ::openat(parent, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                      entry.mode & 0777U);
    }));
  };
  open();
  if (!file && errno == EEXIST) {
    clear_place(parent, name, entry);
    open();
  }
  if (!file) throw IoError("create", host_path_of(entry.path), errno);
  return std::unique_ptr<NewFile>(new NewFile(*this, entry, host_path_of(entry.path), std::move(file)));
}

void TreeBuilder::add_special(const TreeEntry& entry) {
  auto parent = enter(entry.path, parent_of(entry.path));
  auto name = name_in(entry.path);
  auto make = [&] {
    if (entry.type == EntryType::symlink) return symlinkat(entry.link_target.c_str(), parent, name.c_str());
    return mknodat(parent, name.c_str(), type_bits(entry.type) | 0600U,
                   makedev(entry.device_major, entry.device_minor));
  };
  auto result = make();
  if (result != 0 && errno == EEXIST) {
    clear_place(parent, name, entry);
    result = make();
  }
  if (result != 0) {
    if (errno == EPERM && entry.type != EntryType::symlink) {
      lose(entry, "mknod", errno, "the device node is left out");
      return;
    }
    throw IoError(entry.type == EntryType::symlink ? "symlink" : "mknod", host_path_of(entry.path), errno);
  }
  auto status = system_call::status_at(parent, name.c_str(), host_path_of(entry.path));
  if (!status) throw IoError("stat", host_path_of(entry.path), ENOENT);
  set_attributes(entry, entry.attributes, *status, parent, name, -1);
}

void TreeBuilder::add_hard_link(const TreeEntry& entry) {
  auto refuse = [&](std::string_view why) {
    throw ArchiveError("archive.hard_link", archive_, entry.path,
                       fmt::format("{}: {} is a hard link to {}, which {}", visible(archive_),
                                   in_quotes(entry.path), in_quotes(entry.hard_link), why));
  };
  struct open_how how {};
  how.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  auto target_parent = parent_of(entry.hard_link);
  FileDescriptor from(system_call::retried([&] {
    return static_cast<int>(syscall(SYS_openat2, root_, target_parent.c_str(), &how, sizeof how));
  }));
  if (!from) {
    if (errno == ENOENT) refuse("is not in the archive before it");
    if (errno == ELOOP || errno == ENOTDIR || errno == EXDEV) refuse("leads through a symlink");
    throw IoError("open", host_path_of(target_parent), errno);
  }
  auto parent = enter(entry.path, parent_of(entry.path));
  auto name = name_in(entry.path);
  auto target = name_in(entry.hard_link);
  auto link = [&] { return linkat(from.get(), target.c_str(), parent, name.c_str(), 0); };
  if (link() == 0) return;
  if (errno == EEXIST) {
    if (entry.path == entry.hard_link) refuse("is itself");
    clear_place(parent, name, entry);
    if (link() == 0) return;
  }
  if (errno == ENOENT) refuse("is not in the archive before it");
  auto error_number = errno;
  auto found = system_call::status_at(from.get(), target.c_str(), host_path_of(entry.hard_link));
  if (found && found->kind == FileKind::directory) refuse("is a directory");
  throw IoError("link", host_path_of(entry.path), error_number);
}

void TreeBuilder::lose(const TreeEntry& entry, const char* operation, int error_number,
                       const std::string& what) {
  if (!allow_loss_) throw IoError(operation, host_path_of(entry.path), error_number, what + " otherwise");
  std::lock_guard lock(mutex_);
  warn(warnings_, "tree.lost", entry.path,
       fmt::format("{}: {} ({}: {})", visible(entry.path), what, operation,
                   IoError(operation, entry.path, error_number).what()));
}

void TreeBuilder::set_attributes(const TreeEntry& entry, const std::vector<ExtendedAttribute>& attributes,
                                 const FileStatus& now, int directory, const std::string& name,
                                 int descriptor) {
  bool symlink = entry.type == EntryType::symlink;
  auto mode = entry.mode;
  // Most entries already have the right owner and mode.
  bool chown = entry.uid != now.uid || entry.gid != now.gid;
  if (chown) {
    auto result = descriptor >= 0
                      ? fchown(descriptor, entry.uid, entry.gid)
                      : fchownat(directory, name.c_str(), entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW);
    if (result != 0) {
      lose(entry, "chown", errno, fmt::format("owner {}:{} is lost", entry.uid, entry.gid));
      mode &= ~mode_t{S_ISUID | S_ISGID};
    }
  }
  // A change of owner clears mode bits.
  if (!symlink && (chown || mode != now.mode)) {
    auto result = descriptor >= 0 ? fchmod(descriptor, mode) : fchmodat(directory, name.c_str(), mode, 0);
    if (result != 0) throw IoError("chmod", host_path_of(entry.path), errno);
  }
  for (const auto& [attribute, value] : attributes) {
    auto result = descriptor >= 0 ? fsetxattr(descriptor, attribute.c_str(), value.data(), value.size(), 0)
                                  : lsetxattr(fmt::format("/proc/self/fd/{}/{}", directory, name).c_str(),
                                              attribute.c_str(), value.data(), value.size(), 0);
    if (result != 0)
      lose(entry, "setxattr", errno, fmt::format("extended attribute {} is lost", visible(attribute)));
  }
  struct timespec times[2] = {{0, UTIME_OMIT}, to_timespec(entry.mtime_ns)};
  auto result = descriptor >= 0 ? futimens(descriptor, times)
                                : utimensat(directory, name.c_str(), times, AT_SYMLINK_NOFOLLOW);
  if (result != 0) throw IoError("utime", host_path_of(entry.path), errno);
}

}  // namespace krgboot
