#include "staging.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "system/path.hpp"
#include "system/system_call.hpp"
#include "system/workplace.hpp"
#include "tree_attributes.hpp"

namespace krgboot {

namespace {

std::string random_name() {
  std::uint64_t number = 0;
  if (system_call::retried([&] { return getrandom(&number, sizeof number, 0); }) != sizeof number)
    throw IoError("getrandom", "", errno);
  return fmt::format("{}{:016x}", staging_prefix, number);
}

bool is_staging_name(std::string_view name) {
  std::string_view prefix = staging_prefix;
  return name.size() == prefix.size() + 16 && name.substr(0, prefix.size()) == prefix &&
         name.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

/// Locks the directory itself, so that nobody sees what is made but not yet locked. The descriptor is one of
/// its own: closing it gives the lock back, whatever happens.
FileDescriptor locked(int parent, const std::string& host_path) {
  FileDescriptor own(
      system_call::retried([&] { return ::openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!own) throw IoError("open", host_path, errno);
  if (system_call::retried([&] { return flock(own.get(), LOCK_EX); }) != 0)
    throw IoError("lock", host_path, errno);
  return own;
}

}  // namespace

Staging::Staging(const Root& root, const std::string& where, Kind kind, bool replace)
    : target_name_(base_name(where)), target_(root.describe(where)), kind_(kind), replace_(replace) {
  auto above = parent_path(where);
  parent_host_path_ = root.describe(above);
  parent_ = root.open(above, O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!parent_) throw IoError("open", parent_host_path_, ENOENT);
  check_target();
  auto lock = locked(parent_.get(), parent_host_path_);
  clear_leftovers();
  make();
}

void Staging::check_target() const {
  auto found = system_call::status_at(parent_.get(), target_name_.c_str(), target_);
  if (!found) return;
  bool same_kind = (found->kind == FileKind::directory) == (kind_ == Kind::directory);
  if (replace_ && same_kind) return;
  auto message = fmt::format("{} exists already{}", visible(target_),
                             same_kind ? "" : fmt::format(", and is a {}", to_string(found->kind)));
  throw ConflictError("staging.exists", target_, message);
}

void Staging::clear_leftovers() {
  for (const auto& name : system_call::names_in(parent_.get(), parent_host_path_)) {
    if (!is_staging_name(name)) continue;
    FileDescriptor left(system_call::retried([&] {
      return ::openat(parent_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    }));
    // Not ours to open, or gone by now, or somebody is at work on it.
    if (!left || flock(left.get(), LOCK_EX | LOCK_NB) != 0) continue;
    auto host_path = joined_path(parent_host_path_, name);
    if (system_call::status_of(left.get(), host_path).kind == FileKind::directory) {
      remove_tree(parent_.get(), name, host_path);
    } else if (unlinkat(parent_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
      throw IoError("remove", host_path, errno);
    }
  }
}

void Staging::make() {
  name_ = random_name();
  auto fail = [&](const char* operation) {
    auto error_number = errno;
    unlinkat(parent_.get(), name_.c_str(), kind_ == Kind::directory ? AT_REMOVEDIR : 0);
    throw IoError(operation, host_path(), error_number);
  };
  if (kind_ == Kind::file) {
    descriptor_ = FileDescriptor(system_call::retried([&] {
      return ::openat(parent_.get(), name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    }));
    if (!descriptor_) fail("create");
  } else {
    if (mkdirat(parent_.get(), name_.c_str(), 0700) != 0) fail("mkdir");
    descriptor_ = FileDescriptor(system_call::retried([&] {
      return ::openat(parent_.get(), name_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }));
    if (!descriptor_) fail("open");
    // The tree must not inherit from where it happens to be made: neither the group nor access lists.
    for (auto attribute : {access_acl, default_acl})
      fremovexattr(descriptor_.get(), std::string(attribute).c_str());
    if (fchmod(descriptor_.get(), 0700) != 0) fail("chmod");
  }
  if (flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) fail("lock");
}

Staging::~Staging() {
  if (!descriptor_) return;
  // Nobody may have taken the name meanwhile; what lies there then is his.
  if (is_aside_)
    renameat2(parent_.get(), aside_name_.c_str(), parent_.get(), target_name_.c_str(), RENAME_NOREPLACE);
  try {
    if (kind_ == Kind::directory) {
      remove_tree(parent_.get(), name_, host_path());
    } else {
      unlinkat(parent_.get(), name_.c_str(), 0);
    }
  } catch (const Error&) {
    // The next one to stage here clears it up.
  }
}

std::string Staging::host_path() const {
  return joined_path(parent_host_path_, name_);
}

void Staging::sync() const {
  auto synced = system_call::retried(
      [&] { return kind_ == Kind::file ? fsync(descriptor_.get()) : syncfs(descriptor_.get()); });
  if (synced != 0) throw IoError("sync", host_path(), errno);
}

void Staging::sync_directory() const {
  system_call::sync(parent_.get(), parent_host_path_);
}

void Staging::set_aside() {
  check_target();
  FileDescriptor old(system_call::retried([&] {
    return ::openat(parent_.get(), target_name_.c_str(),
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  }));
  if (!old && errno == ENOENT) return;
  // Locked, where it can be, so that nobody takes it for a leftover.
  if (old) flock(old.get(), LOCK_EX | LOCK_NB);
  aside_name_ = random_name();
  if (renameat2(parent_.get(), target_name_.c_str(), parent_.get(), aside_name_.c_str(), RENAME_NOREPLACE) !=
      0)
    throw IoError("rename", target_, errno);
  aside_ = std::move(old);
  is_aside_ = true;
}

void Staging::drop_aside() {
  if (!std::exchange(is_aside_, false)) return;
  if (unlinkat(parent_.get(), aside_name_.c_str(), 0) != 0 && errno != ENOENT)
    throw IoError("remove", joined_path(parent_host_path_, aside_name_), errno);
}

void Staging::publish(bool durable) {
  if (durable) sync();
  auto rename = [&](unsigned flags) {
    return renameat2(parent_.get(), name_.c_str(), parent_.get(), target_name_.c_str(), flags) == 0;
  };
  bool exchanged = false;
  if (!rename(RENAME_NOREPLACE)) {
    if (errno != EEXIST) throw IoError("rename", target_, errno);
    check_target();
    // A directory takes no other's place, but two can change places.
    exchanged = kind_ == Kind::directory;
    if (!rename(exchanged ? RENAME_EXCHANGE : 0)) throw IoError("rename", target_, errno);
  }
  // The lock stays with what is published; what was there before has none, but a name by which it is found.
  descriptor_ = FileDescriptor();
  if (durable) sync_directory();
  if (exchanged) remove_tree(parent_.get(), name_, host_path());
}

}  // namespace krgboot
