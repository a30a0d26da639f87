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

/// Does the error mean that the file system, or a kernel before 3.15, does not support this kind of rename?
bool is_unsupported(int error_number) noexcept {
  return error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP;
}

int result_of(int call_result) noexcept {
  return call_result == 0 ? 0 : errno;
}

/// Up to this many directories are synced one by one; more are synced with their whole file systems.
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
  // link(2) is as exclusive. A kill between the two calls leaves both names, a state that `forward` and
  // `backward` handle.
  error = result_of(linkat(from, name, to, name, 0));
  if (error == 0) return result_of(unlinkat(from, name, 0));
  if (error == EEXIST || error == ENOENT || error == ENOSPC || error == EIO || error == EROFS) return error;
  // Directories, and file systems without hard links: another process can create the name between the two
  // calls.
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
    // A file that is no longer staged already has its final name.
    if (!status(staging, operation)) return;
    // rename_to_free_name was killed between link and unlink.
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
      // set_aside_and_replace was killed between its two renames.
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
  // Check after the exchange: this notices every change made before it, and later changes go to the new file.
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
  // EEXIST: an earlier process has linked it. Other errors: no hard links, so the name is missing for a
  // moment.
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
    // Without the staging directory the work was complete; without the directory there is nothing to remove.
    if (staging < 0) return;
    auto moved = status(staging, operation);
    if (moved) {
      if (!is_same(moved, operation.old, {})) conflict(operation, "changed");
      // rename_to_free_name was killed between link and unlink.
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
  // Put back the old version, or another file that took its place before the exchange.
  auto staged = status(staging, operation);
  auto from = staging;
  if (!staged || is_same(staged, operation.staged, operation.old)) {
    from = workplace_.aside(operation.directory);
    if (!status(from, operation)) return leave_alone(operation);
  }
  if (now && !is_same(now, operation.staged, operation.old)) return leave_alone(operation);
  const auto* name = operation.name.c_str();
  auto error = result_of(renameat(from, name, directory, name));
  // A foreign directory was exchanged with the file.
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
    if (now && now->inode == moved->inode) return;  // killed between link and unlink
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
  // Inner directories first, so that the outer ones are empty.
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
