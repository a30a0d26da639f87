#include "walk.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/base/visible.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/mount_point.hpp"
#include "system/path.hpp"
#include "system/reading.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

/// Number of losses named in a message; all are counted.
constexpr std::size_t most_named = 20;

std::optional<EntryType> type_of(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return EntryType::file;
    case S_IFDIR:
      return EntryType::directory;
    case S_IFLNK:
      return EntryType::symlink;
    case S_IFIFO:
      return EntryType::fifo;
    case S_IFCHR:
      return EntryType::character_device;
    case S_IFBLK:
      return EntryType::block_device;
    default:
      return std::nullopt;  // a socket
  }
}

std::string path_in(const std::string& directory, const std::string& name) {
  if (name == ".") return directory;
  return directory == "." ? name : directory + '/' + name;
}

/// Opens a directory that is no mount point; empty with errno otherwise.
FileDescriptor open_directory(int parent, const std::string& name) {
  struct open_how how {};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  return FileDescriptor(system_call::retried(
      [&] { return static_cast<int>(syscall(SYS_openat2, parent, name.c_str(), &how, sizeof how)); }));
}

}  // namespace

void warn(Diagnostics& warnings, std::string code, const std::string& path, std::string message) {
  // Limits the memory: a tree may be full of such files.
  if (warnings.size() >= 1000) return;
  Diagnostic warning;
  warning.severity = Severity::warning;
  warning.code = std::move(code);
  warning.message = std::move(message);
  warning.key = path;
  warnings.push_back(std::move(warning));
}

void ChangedFiles::report(const std::string& path, const std::string& host_path, const std::string& what) {
  auto message = fmt::format("{} {} while it was read", visible(host_path), what);
  if (when_ == WhenChanged::fail) throw ArchiveError("tree.changed", host_path, path, message);
  warn(warnings_, "tree.changed", path, std::move(message));
}

TreeWalk::TreeWalk(const Root& tree, const std::vector<std::string>& without_contents, bool allow_loss,
                   ChangedFiles& changed, Diagnostics& warnings)
    : without_contents_(without_contents),
      allow_loss_(allow_loss),
      changed_(changed),
      warnings_(warnings),
      host_path_(tree.host_path()) {
  std::sort(without_contents_.begin(), without_contents_.end());
  auto root = std::make_shared<OpenDirectory>();
  root->path = ".";
  root->host_path = tree.host_path();
  root->descriptor = tree.open("/", O_RDONLY | O_DIRECTORY);
  if (!root->descriptor) throw IoError("open", root->host_path, ENOENT);
  root_ = look_at(root, ".");
  if (!root_) throw IoError("open", root->host_path, ENOENT);
}

void TreeWalk::lose(const std::string& path, std::string message) {
  ++losses_;
  if (!allow_loss_) {
    if (lost_.size() < most_named) lost_.emplace_back(path, std::move(message));
    return;
  }
  warn(warnings_, "tree.mount_point", path, message + " and is left out");
}

void TreeWalk::refuse_loss() const {
  auto message = fmt::format("{}: {} would be left out", visible(host_path_),
                             losses_ == 1 ? "a file" : fmt::format("{} files", losses_));
  for (const auto& loss : lost_) message += "\n  " + loss.second;
  if (losses_ > lost_.size()) message += fmt::format("\n  and {} more", losses_ - lost_.size());
  message += "\nunmount them first, or leave them out with --allow-loss";
  throw ArchiveError("tree.left_out", host_path_, lost_.front().first, message);
}

std::optional<WalkedEntry> TreeWalk::look_at(const std::shared_ptr<OpenDirectory>& directory,
                                             const std::string& name) {
  auto path = path_in(directory->path, name);
  auto host_path = name == "." ? directory->host_path : joined_path(directory->host_path, name);
  struct statx status {};
  if (auto error = statx_at(directory->descriptor.get(), name, status); error != 0) {
    if (error != ENOENT) throw IoError("stat", host_path, error);
    changed_.report(path, host_path, "vanished");
    return std::nullopt;
  }
  auto type = type_of(status.stx_mode);
  if (!type) {
    warn(warnings_, "tree.socket", path,
         fmt::format("{} is a socket of a program and is left out", visible(host_path)));
    return std::nullopt;
  }
  if (*type != EntryType::directory && is_mount_point(directory->descriptor.get(), name, status, host_path)) {
    lose(path, fmt::format("{} is a mount point", visible(host_path)));
    return std::nullopt;
  }
  WalkedEntry walked;
  walked.status = system_call::to_file_status(status);
  walked.blocks = status.stx_blocks;
  walked.directory = directory;
  walked.name = name;
  auto& entry = walked.entry;
  entry.path = std::move(path);
  entry.type = *type;
  entry.mode = walked.status.mode;
  entry.uid = walked.status.uid;
  entry.gid = walked.status.gid;
  entry.mtime_ns = walked.status.mtime_ns;
  if (*type == EntryType::file) entry.size = walked.status.size;
  if (*type == EntryType::character_device || *type == EntryType::block_device) {
    entry.device_major = status.stx_rdev_major;
    entry.device_minor = status.stx_rdev_minor;
  }
  if (*type == EntryType::symlink) {
    std::optional<std::string> target;
    const char* trouble = "vanished";
    try {
      target = link_target(directory->descriptor.get(), name, host_path);
    } catch (const IoError& error) {
      if (error.error_number() != EINVAL) throw;
      trouble = "became something else";
    }
    if (!target) {
      changed_.report(entry.path, host_path, trouble);
      return std::nullopt;
    }
    entry.link_target = std::move(*target);
  }
  if (*type != EntryType::directory && status.stx_nlink > 1) note_names(walked, status.stx_nlink);
  return walked;
}

void TreeWalk::note_names(WalkedEntry& walked, std::uint64_t links) {
  // On overlayfs files of several layers may share an inode number; device and inode together are unique.
  std::pair key(walked.status.device, walked.status.inode);
  auto& names = names_[key];
  if (!names.first) {
    names.first = std::make_shared<FirstName>();
    names.first->path = walked.entry.path;
    names.still_to_come = links;
  } else {
    walked.entry.hard_link = names.first->path;
  }
  walked.first_name = names.first;
  if (--names.still_to_come == 0) names_.erase(key);
}

void TreeWalk::descend(const WalkedEntry& walked) {
  const auto& path = walked.entry.path;
  if (std::binary_search(without_contents_.begin(), without_contents_.end(), path)) return;
  auto host_path =
      path == "." ? walked.directory->host_path : joined_path(walked.directory->host_path, walked.name);
  auto directory = std::make_shared<OpenDirectory>();
  directory->path = path;
  directory->host_path = host_path;
  directory->descriptor = open_directory(walked.directory->descriptor.get(), walked.name);
  if (!directory->descriptor) {
    if (errno == EXDEV) {
      warn(warnings_, "tree.mount_point", path,
           fmt::format("{} is a mount point: what is in it is left out", visible(host_path)));
      return;
    }
    if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) throw IoError("open", host_path, errno);
    changed_.report(path, host_path, errno == ENOENT ? "vanished" : "became something else");
    return;
  }
  auto now = system_call::status_of(directory->descriptor.get(), host_path);
  if (now.device != walked.status.device || now.inode != walked.status.inode)
    changed_.report(path, host_path, "became another directory");
  Level level;
  level.names = system_call::names_in(directory->descriptor.get(), host_path);
  std::sort(level.names.begin(), level.names.end());
  level.directory = std::move(directory);
  levels_.push_back(std::move(level));
}

std::optional<WalkedEntry> TreeWalk::next() {
  auto walked = step();
  if (allow_loss_ || losses_ == 0) return walked;
  // The walk will fail: finish it only to collect further losses.
  while (walked) walked = step();
  refuse_loss();
}

std::optional<WalkedEntry> TreeWalk::step() {
  if (root_) {
    pending_ = *root_;
    root_.reset();
    return pending_;
  }
  if (pending_) {
    descend(*pending_);
    pending_.reset();
  }
  while (!levels_.empty()) {
    auto& level = levels_.back();
    if (level.at == level.names.size()) {
      levels_.pop_back();
      continue;
    }
    auto walked = look_at(level.directory, level.names[level.at++]);
    if (!walked) continue;
    if (walked->entry.type == EntryType::directory) pending_ = walked;
    return walked;
  }
  return std::nullopt;
}

}  // namespace krgboot
