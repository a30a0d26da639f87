#include "executor.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "path.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

using Kind = Operation::Kind;

/// The file system (or a kernel before 3.15) does not know this kind of rename.
bool is_unsupported(int error_number) noexcept {
  return error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP;
}

int result_of(int call_result) noexcept {
  return call_result == 0 ? 0 : errno;
}

/// So many directories are made durable one by one; more of them by one sync of their file systems.
constexpr std::size_t single_sync_limit = 8;

}  // namespace

std::string Executor::path(const Operation& operation) const {
  return workplace_.describe(operation.directory, operation.name);
}

void Executor::conflict(const Operation& operation, std::string_view what) const {
  throw ConflictError("transaction.conflict", path(operation),
                      fmt::format("{} {} in the meantime; nothing was changed", path(operation), what));
}

void Executor::leave_alone(const Operation& operation) {
  left_alone_.push_back(joined_path(workplace_.path(operation.directory), operation.name));
}

std::optional<FileStatus> Executor::status(int directory, const Operation& operation) const {
  if (directory < 0) return std::nullopt;
  return system_call::status_at(directory, operation.name.c_str(), path(operation));
}

int Executor::rename_to_free_name(int from, int to, const Operation& operation) const {
  const auto* name = operation.name.c_str();
  auto error = result_of(renameat2(from, name, to, name, RENAME_NOREPLACE));
  if (!is_unsupported(error)) return error;
  // A hard link is as exclusive; both names together are a state that `forward` and `backward` know.
  error = result_of(linkat(from, name, to, name, 0));
  if (error == 0) return result_of(unlinkat(from, name, 0));
  if (error == EEXIST || error == ENOENT || error == ENOSPC || error == EIO || error == EROFS) return error;
  // Directories, and file systems without hard links: a moment is left in which somebody could be faster.
  if (status(to, operation)) return EEXIST;
  return result_of(renameat(from, name, to, name));
}

void Executor::forward(bool again) {
  for (const auto& operation : record_.operations) {
    switch (operation.kind) {
      case Kind::create:
      case Kind::tree:
        create(operation, again);
        break;
      case Kind::replace:
        replace(operation, again);
        break;
      case Kind::remove:
        remove(operation, again);
        break;
      case Kind::inside:
      case Kind::remove_directory:
        break;
    }
  }
}

void Executor::create(const Operation& operation, bool again) {
  auto staging = workplace_.staging(operation.directory);
  auto directory = workplace_.directory(operation.directory);
  if (again) {
    // What is staged no more has got its name.
    if (!status(staging, operation)) return;
    // Linked, but not unlinked: by rename_to_free_name.
    if (is_same(status(directory, operation), operation.staged, {})) return;
  }
  if (directory < 0) conflict(operation, "lost its directory");
  auto error = rename_to_free_name(staging, directory, operation);
  if (error == EEXIST) conflict(operation, "appeared");
  if (error != 0) throw IoError("rename", path(operation), error);
}

void Executor::replace(const Operation& operation, bool again) {
  auto staging = workplace_.staging(operation.directory);
  if (again) {
    auto staged = status(staging, operation);
    if (!staged) return;
    if (!is_same(staged, operation.staged, operation.old)) {
      if (is_same(staged, operation.old, operation.staged)) return;
      conflict(operation, "changed");
    }
    auto directory = workplace_.directory(operation.directory);
    auto aside = workplace_.aside(operation.directory);
    if (!status(directory, operation) && is_same(status(aside, operation), operation.old, operation.staged)) {
      // Killed in set_aside_and_replace, between its two renames.
      auto error = rename_to_free_name(staging, directory, operation);
      if (error != 0) throw IoError("rename", path(operation), error);
      return;
    }
  }
  exchange(operation);
}

void Executor::exchange(const Operation& operation) {
  auto staging = workplace_.staging(operation.directory);
  auto directory = workplace_.directory(operation.directory);
  const auto* name = operation.name.c_str();
  if (directory < 0) conflict(operation, "lost its directory");
  auto error = result_of(renameat2(staging, name, directory, name, RENAME_EXCHANGE));
  if (is_unsupported(error)) return set_aside_and_replace(operation);
  if (error == ENOENT) conflict(operation, "vanished");
  if (error != 0) throw IoError("rename", path(operation), error);
  // Looked at now that it is in our hands: whoever changes it from here on is too late, before is noticed.
  if (!is_same(status(staging, operation), operation.old, operation.staged)) conflict(operation, "changed");
}

void Executor::set_aside_and_replace(const Operation& operation) {
  auto aside = workplace_.aside(operation.directory, true);
  auto staging = workplace_.staging(operation.directory);
  auto directory = workplace_.directory(operation.directory);
  const auto* name = operation.name.c_str();
  auto now = status(directory, operation);
  if (!now) conflict(operation, "vanished");
  if (!is_same(now, operation.old, operation.staged)) conflict(operation, "changed");
  auto error = result_of(linkat(directory, name, aside, name, 0));
  // EEXIST: an earlier process linked it. Other failures: no hard links, and for a moment there is no file.
  if (error == ENOSPC || error == EIO || error == EROFS) throw IoError("link", path(operation), error);
  if (error != 0 && error != EEXIST) {
    error = result_of(renameat(directory, name, aside, name));
    if (error != 0) throw IoError("rename", path(operation), error);
  }
  error = result_of(renameat(staging, name, directory, name));
  if (error != 0) throw IoError("rename", path(operation), error);
}

void Executor::remove(const Operation& operation, bool again) {
  auto staging = workplace_.staging(operation.directory);
  auto directory = workplace_.directory(operation.directory);
  if (again) {
    // Without staging directory all was finished; without directory there is nothing to remove.
    if (staging < 0) return;
    auto moved = status(staging, operation);
    if (moved) {
      if (!is_same(moved, operation.old, {})) conflict(operation, "changed");
      // Linked, but not unlinked: by rename_to_free_name.
      auto now = status(directory, operation);
      if (!now || now->inode != moved->inode) return;
      auto error = result_of(unlinkat(directory, operation.name.c_str(), 0));
      if (error != 0) throw IoError("remove", path(operation), error);
      return;
    }
  }
  if (directory < 0) conflict(operation, "lost its directory");
  auto now = status(directory, operation);
  if (!now) conflict(operation, "vanished");
  if (!is_same(now, operation.old, {})) conflict(operation, "changed");
  auto error = rename_to_free_name(directory, staging, operation);
  if (error == ENOENT) conflict(operation, "vanished");
  if (error != 0) throw IoError("rename", path(operation), error);
  if (!is_same(status(staging, operation), operation.old, {})) conflict(operation, "changed");
}

void Executor::require_old_versions() {
  for (const auto& operation : record_.operations) {
    if (operation.kind != Kind::replace && operation.kind != Kind::remove) continue;
    auto is_old = [&](int directory) {
      return is_same(status(directory, operation), operation.old, operation.staged);
    };
    if (is_old(workplace_.staging(operation.directory)) || is_old(workplace_.aside(operation.directory)) ||
        is_old(workplace_.directory(operation.directory)))
      continue;
    throw ConflictError("transaction.cannot_roll_back", path(operation),
                        fmt::format("the old version of {} is not there any more", path(operation)));
  }
}

std::vector<std::string> Executor::backward() {
  left_alone_.clear();
  auto rest = record_.operations.size();
  while (rest > 0) {
    const auto& operation = record_.operations[--rest];
    switch (operation.kind) {
      case Kind::create:
      case Kind::tree:
      case Kind::inside:
        undo_create(operation);
        break;
      case Kind::replace:
        undo_replace(operation);
        break;
      case Kind::remove:
        undo_remove(operation);
        break;
      case Kind::remove_directory:
        break;
    }
  }
  return left_alone_;
}

void Executor::undo_create(const Operation& operation) {
  auto directory = workplace_.directory(operation.directory);
  auto now = status(directory, operation);
  if (!now) return;
  if (!is_same(now, operation.staged, {})) {
    if (operation.kind == Kind::inside || !status(workplace_.staging(operation.directory), operation))
      leave_alone(operation);
    return;
  }
  auto flags = operation.staged.kind == FileKind::directory ? AT_REMOVEDIR : 0;
  auto error = result_of(unlinkat(directory, operation.name.c_str(), flags));
  if (error == ENOTEMPTY || error == EEXIST) return leave_alone(operation);
  if (error != 0 && error != ENOENT) throw IoError("remove", path(operation), error);
}

void Executor::undo_replace(const Operation& operation) {
  auto directory = workplace_.directory(operation.directory);
  if (directory < 0) return;
  auto staging = workplace_.staging(operation.directory);
  auto now = status(directory, operation);
  if (is_same(now, operation.old, operation.staged)) return;
  // The old version, or whatever else was there when the files changed places, goes back.
  auto staged = status(staging, operation);
  auto from = staging;
  if (!staged || is_same(staged, operation.staged, operation.old)) {
    from = workplace_.aside(operation.directory);
    if (!status(from, operation)) return leave_alone(operation);
  }
  if (now && !is_same(now, operation.staged, operation.old)) return leave_alone(operation);
  const auto* name = operation.name.c_str();
  auto error = result_of(renameat(from, name, directory, name));
  // It was a directory of somebody else's that got into our hands.
  if (error == ENOTDIR || error == EISDIR)
    error = result_of(renameat2(from, name, directory, name, RENAME_EXCHANGE));
  if (error != 0) throw IoError("rename", path(operation), error);
}

void Executor::undo_remove(const Operation& operation) {
  auto directory = workplace_.directory(operation.directory);
  auto staging = workplace_.staging(operation.directory);
  auto moved = status(staging, operation);
  if (!moved || directory < 0) return;
  auto error = rename_to_free_name(staging, directory, operation);
  if (error == EEXIST) {
    auto now = status(directory, operation);
    if (now && now->inode == moved->inode) return;  // linked, but not unlinked
    return leave_alone(operation);
  }
  if (error != 0) throw IoError("rename", path(operation), error);
}

void Executor::sync_names() {
  std::set<std::uint32_t> touched;
  for (const auto& operation : record_.operations) {
    if (operation.kind == Kind::remove_directory || operation.directory >= record_.declared) continue;
    touched.insert(operation.directory);
  }
  sync_directories(touched);
}

void Executor::sync_directories(const std::set<std::uint32_t>& indices) {
  auto host_path = [&](std::uint32_t index) { return workplace_.root().describe(workplace_.path(index)); };
  std::map<std::uint64_t, std::uint32_t> file_systems;
  for (auto index : indices) {
    auto directory = workplace_.directory(index);
    if (directory < 0) continue;
    if (indices.size() <= single_sync_limit) {
      system_call::sync(directory, host_path(index));
    } else {
      file_systems.emplace(system_call::status_of(directory, host_path(index)).device, index);
    }
  }
  for (const auto& [device, index] : file_systems) {
    if (syncfs(workplace_.directory(index)) != 0) throw IoError("sync", host_path(index), errno);
  }
}

void Executor::clear(bool finishing) {
  std::exception_ptr first;
  std::set<std::uint32_t> changed;
  auto attempt = [&](auto action) {
    try {
      action();
    } catch (const IoError&) {
      if (!first) first = std::current_exception();
    }
  };
  for (std::uint32_t index = 0; index < record_.declared; ++index) {
    attempt([&] {
      if (workplace_.clear(index)) changed.insert(index);
    });
  }
  if (finishing) attempt([&] { remove_empty_directories(changed); });
  attempt([&] { sync_directories(changed); });
  if (first) std::rethrow_exception(first);
}

void Executor::remove_empty_directories(std::set<std::uint32_t>& changed) {
  // Inner ones first, so that the outer ones can be empty.
  std::vector<const Operation*> wanted;
  for (const auto& operation : record_.operations) {
    if (operation.kind == Kind::remove_directory) wanted.push_back(&operation);
  }
  auto depth = [&](const Operation* operation) {
    const auto& directory = workplace_.path(operation->directory);
    return directory == "/" ? 0 : std::count(directory.begin(), directory.end(), '/');
  };
  std::stable_sort(wanted.begin(), wanted.end(), [&](auto a, auto b) { return depth(a) > depth(b); });
  for (const auto* operation : wanted) {
    auto directory = workplace_.directory(operation->directory);
    if (directory < 0) continue;
    auto error = result_of(unlinkat(directory, operation->name.c_str(), AT_REMOVEDIR));
    if (error == 0) changed.insert(operation->directory);
    if (error == 0 || error == ENOTEMPTY || error == EEXIST || error == ENOTDIR) continue;
    if (system_call::is_absent_at(directory, operation->name.c_str(), error)) continue;
    throw IoError("remove", path(*operation), error);
  }
}

}  // namespace krgboot
