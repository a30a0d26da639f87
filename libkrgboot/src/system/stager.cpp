#include "stager.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/base/visible.hpp"

#include <algorithm>
#include <cerrno>
#include <map>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attributes.hpp"
#include "copying.hpp"
#include "hard_links.hpp"
#include "path.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

using Kind = Operation::Kind;

void check_mode(mode_t mode, const std::string& path) {
  if ((mode & ~mode_t{0775}) != 0)
    throw ArgumentError("transaction.mode", path,
                        fmt::format("mode {:04o} of {} is refused: setuid, setgid, sticky and writable by "
                                    "others are not for files that krgboot writes",
                                    mode, path));
}

[[noreturn]] void staged_twice(const std::string& path) {
  throw ArgumentError("transaction.twice", path, fmt::format("{} is staged or removed twice", path));
}

/// Refuses to replace one of several hard links: it would silently separate that name from the others.
[[noreturn]] void has_other_names(const Root& root, const std::string& path, const struct stat& status) {
  constexpr std::size_t most_named = 20;
  auto host_path = visible(root.describe(path));
  auto names = names_of_file(root, path, system_call::to_file_status(status));
  names.resize(std::min(names.size(), most_named));
  auto message =
      fmt::format("{} has {} hard links, and a new file would separate them:", host_path, status.st_nlink);
  for (const auto& name : names) message += "\n  " + visible(root.describe(name));
  if (names.size() < status.st_nlink)
    message += fmt::format("\n  and {} more", status.st_nlink - names.size());
  message += fmt::format("\nmake it a file of its own first: cp -a {0} {0}.own && mv {0}.own {0}", host_path);
  throw ConflictError("transaction.hard_links", root.describe(path), message);
}

[[noreturn]] void in_the_way(const std::string& path, FileKind kind) {
  auto code = kind == FileKind::directory ? "transaction.directory" : "transaction.in_the_way";
  throw ConflictError(code, path, fmt::format("a {} is in the way at {}", to_string(kind), path));
}

}  // namespace

void Stager::declare(const std::vector<std::string>& directories) {
  for (auto path : directories) {
    check_path(path);
    while (path != "/" && !workplace_.root().open(path, O_PATH | O_DIRECTORY, LastLink::follow))
      path = parent_path(path);
    if (!indices_.emplace(path, static_cast<std::uint32_t>(record_.directories.size())).second) continue;
    record_.directories.push_back(path);
    workplace_.add(path, path);
  }
  record_.declared = record_.directories.size();
}

std::uint32_t Stager::directory_of(const std::string& path, std::string_view parent) {
  if (!last_parent_.empty() && parent == last_parent_) return last_index_;
  auto found = indices_.find(std::string(parent));
  if (found == indices_.end()) {
    if (!workplace_.root().open(std::string(parent), O_PATH | O_DIRECTORY, LastLink::follow))
      throw IoError("open", workplace_.root().describe(std::string(parent)), ENOENT);
    throw ArgumentError("transaction.not_declared", path,
                        fmt::format("the transaction was begun without the directory of {}", path));
  }
  last_parent_ = parent;
  last_index_ = found->second;
  return last_index_;
}

Stager::Slot Stager::slot(const std::string& path) {
  check_path(path);
  if (path == "/") in_the_way(path, FileKind::directory);
  auto slash = path.rfind('/');
  auto parent = slash == 0 ? std::string_view("/") : std::string_view(path).substr(0, slash);
  Slot result;
  result.directory = directory_of(path, parent);
  auto& operation = result.operation;
  operation.directory = result.directory;
  operation.name = path.substr(slash + 1);
  auto directory = workplace_.directory(result.directory);
  if (directory < 0) throw IoError("open", workplace_.root().describe(std::string(parent)), ENOENT);
  if (is_new(result.directory)) {
    operation.kind = Kind::inside;
    result.descriptor = directory;
    return result;
  }
  if (fstatat(directory, operation.name.c_str(), &result.old, AT_SYMLINK_NOFOLLOW) == 0) {
    operation.old = identity_of(system_call::to_file_status(result.old));
    operation.kind = Kind::replace;
    if (operation.old.kind == FileKind::directory) in_the_way(path, FileKind::directory);
    if (removed_.count(path) != 0) staged_twice(path);
  } else if (errno != ENOENT) {
    throw IoError("stat", workplace_.root().describe(path), errno);
  }
  result.descriptor = workplace_.staging(result.directory, true);
  return result;
}

Stager::Slot Stager::slot_to_fill(const std::string& path) {
  auto result = slot(path);
  if (result.operation.kind == Kind::replace && result.old.st_nlink > 1)
    has_other_names(workplace_.root(), path, result.old);
  return result;
}

FileDescriptor Stager::make_file(const Slot& slot, const std::string& path, mode_t mode) {
  FileDescriptor file(system_call::retried([&] {
    return ::openat(slot.descriptor, slot.operation.name.c_str(),
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  }));
  if (file) return file;
  if (errno == EEXIST) staged_twice(path);
  throw IoError("open", workplace_.root().describe(path), errno);
}

void Stager::complete(Slot& slot, FileDescriptor file, const std::string& path, mode_t mode,
                      const std::optional<Owner>& owner) {
  struct stat status {};
  auto failed = [&](const char* operation) {
    throw IoError(operation, workplace_.root().describe(path), errno);
  };
  auto wanted = owner;
  bool replaces = slot.operation.kind == Kind::replace;
  if (!wanted && replaces && slot.operation.old.kind == FileKind::file)
    wanted = {slot.old.st_uid, slot.old.st_gid};
  if (wanted && fchown(file.get(), wanted->uid, wanted->gid) != 0) failed("chown");
  if (replaces) keep_attributes_of_old(slot, path);
  // After the last write, so that the recorded time and size are final.
  if (fstat(file.get(), &status) != 0) failed("stat");
  if ((status.st_mode & 07777U) != mode && fchmod(file.get(), mode) != 0) failed("chmod");
  slot.operation.staged = identity_of(system_call::to_file_status(status));
  if (::close(file.release()) != 0 && errno != EINTR) failed("close");
  record_.operations.push_back(std::move(slot.operation));
}

void Stager::keep_attributes_of_old(const Slot& slot, const std::string& path) {
  keep_attributes(workplace_.directory(slot.directory), slot.descriptor, slot.operation.name,
                  workplace_.root().describe(path));
}

void Stager::file(const std::string& path, std::string_view content, mode_t mode,
                  std::optional<Owner> owner) {
  check_mode(mode, path);
  auto place = slot_to_fill(path);
  auto made = make_file(place, path, mode);
  // Writes without building the error message, which is rarely needed.
  auto written = content.empty() ? 0 : system_call::retried([&] {
    return ::write(made.get(), content.data(), content.size());
  });
  if (written != static_cast<ssize_t>(content.size())) {
    auto host_path = workplace_.root().describe(path);
    if (written < 0) throw IoError("write", host_path, errno);
    system_call::write_all(made.get(), content.substr(static_cast<std::size_t>(written)), host_path);
  }
  complete(place, std::move(made), path, mode, owner);
}

FileStatus Stager::copy(const Root& source_root, const std::string& source, const std::string& path,
                        mode_t mode, std::optional<Owner> owner) {
  check_mode(mode, path);
  auto opened = open_regular(source_root, source, LastLink::follow);
  if (!opened) throw IoError("read", source_root.describe(source), ENOENT);
  auto place = slot_to_fill(path);
  auto made = make_file(place, path, mode);
  copy_bytes(opened->descriptor.get(), source_root.describe(source), made.get(),
             workplace_.root().describe(path));
  complete(place, std::move(made), path, mode, owner);
  return opened->status;
}

void Stager::symlink(const std::string& target, const std::string& path) {
  if (target.empty() || target.find('\0') != std::string::npos)
    throw ArgumentError("transaction.link_target", path,
                        fmt::format("{} is no target for the symlink {}", in_quotes(target), path));
  auto place = slot_to_fill(path);
  const auto& name = place.operation.name;
  auto host_path = workplace_.root().describe(path);
  if (symlinkat(target.c_str(), place.descriptor, name.c_str()) != 0) {
    if (errno == EEXIST) staged_twice(path);
    throw IoError("symlink", host_path, errno);
  }
  if (place.operation.kind == Kind::replace) {
    if (place.operation.old.kind == FileKind::symlink &&
        fchownat(place.descriptor, name.c_str(), place.old.st_uid, place.old.st_gid, AT_SYMLINK_NOFOLLOW) !=
            0)
      throw IoError("chown", host_path, errno);
    keep_attributes_of_old(place, path);
  }
  auto status = system_call::status_at(place.descriptor, name.c_str(), host_path);
  if (!status) throw IoError("stat", host_path, ENOENT);
  place.operation.staged = identity_of(*status);
  record_.operations.push_back(std::move(place.operation));
}

void Stager::directory(const std::string& path, mode_t mode, std::optional<Owner> owner) {
  check_mode(mode, path);
  if ((mode & 0700U) != 0700U)
    throw ArgumentError("transaction.mode", path,
                        fmt::format("mode {:04o} of the directory {} locks its own owner out", mode, path));
  check_path(path);
  if (path == "/") return;
  if (auto known = indices_.find(path); known != indices_.end()) {
    if (!is_new(known->second)) return;
    if (owner) set_directory_owner(known->second, *owner);
    set_directory_mode(known->second, mode);
    return;
  }
  auto parent = parent_path(path);
  auto above = indices_.find(parent);
  if (above == indices_.end() || !is_new(above->second)) {
    auto now = workplace_.root().status_through_links(path);
    if (!now) now = workplace_.root().status(path);
    if (now && now->kind == FileKind::directory) return;
    if (now) in_the_way(path, now->kind);
    if (above == indices_.end()) directory(parent, 0755);
  }
  new_directory(path, mode, owner);
}

void Stager::new_directory(const std::string& path, mode_t mode, const std::optional<Owner>& owner) {
  auto place = slot(path);
  auto& operation = place.operation;
  if (operation.kind == Kind::replace) in_the_way(path, operation.old.kind);
  if (operation.kind == Kind::create) operation.kind = Kind::tree;
  auto host_path = workplace_.root().describe(path);
  if (mkdirat(place.descriptor, operation.name.c_str(), mode) != 0) {
    if (errno == EEXIST) staged_twice(path);
    throw IoError("mkdir", host_path, errno);
  }
  auto location = operation.kind == Kind::tree
                      ? joined_path(joined_path(workplace_.path(place.directory), staging_name(record_.id)),
                                    operation.name)
                      : joined_path(workplace_.location(place.directory), operation.name);
  auto status = system_call::status_at(place.descriptor, operation.name.c_str(), host_path);
  if (!status) throw IoError("stat", host_path, ENOENT);
  operation.staged = identity_of(*status);
  record_.operations.push_back(std::move(operation));
  auto index = workplace_.add(path, location);
  record_.directories.push_back(path);
  indices_.emplace(path, index);
  if (owner) set_directory_owner(index, *owner);
  set_directory_mode(index, mode);
}

void Stager::set_directory_owner(std::uint32_t index, const Owner& owner) {
  auto host_path = workplace_.root().describe(workplace_.path(index));
  auto directory = workplace_.directory(index);
  if (directory < 0) throw IoError("open", host_path, ENOENT);
  if (fchown(directory, owner.uid, owner.gid) != 0) throw IoError("chown", host_path, errno);
}

void Stager::set_directory_mode(std::uint32_t index, mode_t mode) {
  auto host_path = workplace_.root().describe(workplace_.path(index));
  auto directory = workplace_.directory(index);
  if (directory < 0) throw IoError("open", host_path, ENOENT);
  auto status = system_call::status_of(directory, host_path);
  // A setgid bit is inherited from the parent directory; keep it.
  if ((status.mode & 0777U) != mode && fchmod(directory, mode | (status.mode & mode_t{S_ISGID})) != 0)
    throw IoError("chmod", host_path, errno);
}

void Stager::remove_file(const std::string& path) {
  auto place = slot(path);
  auto host_path = workplace_.root().describe(path);
  if (place.operation.kind == Kind::inside) staged_twice(path);
  if (place.operation.kind != Kind::replace)
    throw ConflictError("transaction.vanished", host_path,
                        fmt::format("{} is not there any more", host_path));
  if (system_call::status_at(place.descriptor, place.operation.name.c_str(), host_path)) staged_twice(path);
  removed_.insert(path);
  place.operation.kind = Kind::remove;
  record_.operations.push_back(std::move(place.operation));
}

void Stager::remove_directory(const std::string& path) {
  auto parent = parent_path(path);
  Operation operation;
  operation.kind = Kind::remove_directory;
  operation.directory = directory_of(path, parent);
  operation.name = base_name(path);
  record_.operations.push_back(std::move(operation));
}

std::string Stager::staged_path(const std::string& path) {
  auto not_staged = [&] {
    throw ArgumentError("transaction.not_staged", path, fmt::format("{} is not staged", path));
  };
  auto parent = parent_path(path);
  auto name = base_name(path);
  auto found = indices_.find(parent);
  if (found == indices_.end()) not_staged();
  auto index = found->second;
  auto descriptor = is_new(index) ? workplace_.directory(index) : workplace_.staging(index);
  if (descriptor < 0 || !system_call::status_at(descriptor, name.c_str(), workplace_.root().describe(path)))
    not_staged();
  if (is_new(index)) return joined_path(workplace_.location(index), name);
  return joined_path(joined_path(parent, staging_name(record_.id)), name);
}

bool Stager::sync(int journal) {
  auto host_path = [&](std::uint32_t index) { return workplace_.root().describe(workplace_.path(index)); };
  auto journal_device = system_call::status_of(journal, "the journal").device;
  std::map<std::uint64_t, std::uint32_t> file_systems;
  for (std::uint32_t index = 0; index < record_.declared; ++index) {
    if (workplace_.staging(index) < 0) continue;
    file_systems.emplace(system_call::status_of(workplace_.directory(index), host_path(index)).device, index);
  }
  // One sync per file system, even for few files: on ext4 each fsync commits the journal.
  for (const auto& [device, index] : file_systems) {
    if (syncfs(workplace_.directory(index)) != 0) throw IoError("sync", host_path(index), errno);
  }
  return file_systems.count(journal_device) != 0;
}

void Stager::move_home() {
  for (auto index = static_cast<std::uint32_t>(record_.declared); index < record_.directories.size(); ++index)
    workplace_.move_home(index);
}

}  // namespace krgboot
