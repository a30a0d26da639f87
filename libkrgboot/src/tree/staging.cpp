#include "staging.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/base/visible.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/attributes.hpp"
#include "system/opening.hpp"
#include "system/path.hpp"
#include "system/system_call.hpp"
#include "system/workplace.hpp"

namespace krgboot {

namespace {

/// Name of a tree in its private directory.
constexpr const char* tree_name = "tree";

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

/// Locks the parent directory, so that no process sees a staged file before it is locked. Uses a new
/// descriptor: closing it always releases the lock.
FileDescriptor locked(int parent, const std::string& host_path) {
  FileDescriptor own(
      system_call::retried([&] { return ::openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!own) throw IoError("open", host_path, errno);
  // Other commands hold the lock briefly; but any process that can read the directory can lock it for good.
  constexpr auto patience = std::chrono::seconds(60);
  constexpr auto pause = std::chrono::milliseconds(20);
  auto end = std::chrono::steady_clock::now() + patience;
  while (system_call::retried([&] { return flock(own.get(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) throw IoError("lock", host_path, errno);
    if (std::chrono::steady_clock::now() > end)
      throw ConflictError(
          "staging.busy", host_path,
          fmt::format("some other program has locked {} (see /proc/locks)", visible(host_path)));
    std::this_thread::sleep_for(pause);
  }
  return own;
}

/// Opens the file to be replaced, through symlinks: the new file must not become readable for users who could
/// not read the old one. Empty if it does not exist.
FileDescriptor open_file(const Root& image, const std::string& path) {
  auto status = image.status_through_links(path);
  if (!status || status->kind != FileKind::file) return {};
  return image.open(path, O_RDONLY, LastLink::follow);
}

/// Gives the replacement the owner and attributes of `old`. Returns its mode, without setuid and setgid,
/// which belonged to the old content.
mode_t keep_owner_and_attributes(int old, const Staging& staging) {
  auto status = system_call::status_of(old, staging.target());
  if (fchown(staging.descriptor(), status.uid, status.gid) != 0)
    throw IoError("chown", staging.host_path(), errno);
  keep_attributes(old, staging.descriptor(), staging.target());
  return status.mode & 0777U;
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
  bool same_kind = (found->kind == FileKind::directory) != is_file();
  if (replace_ && same_kind) return;
  auto message = fmt::format("{} exists already{}", visible(target_),
                             same_kind ? "" : fmt::format(", and is a {}", to_string(found->kind)));
  throw ConflictError("staging.exists", target_, message);
}

void Staging::clear_leftovers() {
  for (const auto& name : system_call::names_in(parent_.get(), parent_host_path_)) {
    if (!is_staging_name(name)) continue;
    auto left = open_at(parent_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    // Not readable, already removed, or locked by a running process.
    if (!left || flock(left.get(), LOCK_EX | LOCK_NB) != 0) continue;
    auto host_path = joined_path(parent_host_path_, name);
    if (system_call::status_of(left.get(), host_path).kind == FileKind::directory) {
      remove_tree(parent_.get(), name, host_path);
    } else if (unlinkat(parent_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
      throw IoError("remove", host_path, errno);
    }
  }
}

FileDescriptor Staging::make_directory(int parent, const char* name) const {
  if (mkdirat(parent, name, 0700) != 0) throw IoError("mkdir", host_path(), errno);
  FileDescriptor made(system_call::retried(
      [&] { return ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }));
  if (!made) throw IoError("open", host_path(), errno);
  // It must not inherit ACLs or the setgid bit from its parent directory.
  drop_access_lists(made.get());
  if (fchmod(made.get(), 0700) != 0) throw IoError("chmod", host_path(), errno);
  return made;
}

void Staging::make() {
  name_ = random_name();
  try {
    if (is_file()) {
      descriptor_ = FileDescriptor(system_call::retried([&] {
        return ::openat(parent_.get(), name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                        0600);
      }));
      if (!descriptor_) throw IoError("create", host_path(), errno);
      drop_access_lists(descriptor_.get());
    } else {
      descriptor_ = make_directory(parent_.get(), name_.c_str());
    }
    if (flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) throw IoError("lock", host_path(), errno);
    if (kind_ == Kind::tree) {
      holder_ = std::move(descriptor_);
      descriptor_ = make_directory(holder_.get(), tree_name);
    }
  } catch (const IoError&) {
    if (holder_) unlinkat(holder_.get(), tree_name, AT_REMOVEDIR);
    unlinkat(parent_.get(), name_.c_str(), is_file() ? 0 : AT_REMOVEDIR);
    throw;
  }
}

Staging::~Staging() {
  if (!descriptor_) return;
  // The name may have been taken meanwhile; then the new entry stays.
  if (is_aside_)
    renameat2(parent_.get(), aside_name_.c_str(), parent_.get(), target_name_.c_str(), RENAME_NOREPLACE);
  try {
    if (!is_file()) {
      remove_tree(parent_.get(), name_, joined_path(parent_host_path_, name_));
    } else {
      unlinkat(parent_.get(), name_.c_str(), 0);
    }
  } catch (const Error&) {
    // The next staging in this directory removes it.
  }
}

std::string Staging::host_path() const {
  auto own = joined_path(parent_host_path_, name_);
  return kind_ == Kind::tree ? joined_path(own, tree_name) : own;
}

void Staging::sync() const {
  auto synced =
      system_call::retried([&] { return is_file() ? fsync(descriptor_.get()) : syncfs(descriptor_.get()); });
  if (synced != 0) throw IoError("sync", host_path(), errno);
}

void Staging::sync_directory() const {
  system_call::sync(parent_.get(), parent_host_path_);
}

void Staging::set_aside() {
  check_target();
  auto old = open_at(parent_.get(), target_name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!old && errno == ENOENT) return;
  // Lock it if possible, so that no other process removes it as a leftover.
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
    auto from = holder_ ? holder_.get() : parent_.get();
    const auto* name = holder_ ? tree_name : name_.c_str();
    return renameat2(from, name, parent_.get(), target_name_.c_str(), flags) == 0;
  };
  bool exchanged = false;
  if (!rename(RENAME_NOREPLACE)) {
    if (errno != EEXIST) throw IoError("rename", target_, errno);
    check_target();
    // A directory cannot replace another one, but the two can be exchanged.
    exchanged = !is_file();
    if (!rename(exchanged ? RENAME_EXCHANGE : 0)) throw IoError("rename", target_, errno);
  }
  // The lock stays with the published file. The old one has no lock, but its name marks it as a leftover.
  descriptor_ = FileDescriptor();
  holder_ = FileDescriptor();
  if (durable) sync_directory();
  if (exchanged || kind_ == Kind::tree)
    remove_tree(parent_.get(), name_, joined_path(parent_host_path_, name_));
}

void write_small_file(const Root& image, const std::string& path, std::string_view text) {
  image.make_directories(parent_path(path));
  Staging staging(image, path, Staging::Kind::file, true);
  system_call::write_all(staging.descriptor(), text, staging.host_path());
  mode_t mode = 0644;
  if (auto old = open_file(image, path)) mode = keep_owner_and_attributes(old.get(), staging);
  if (fchmod(staging.descriptor(), mode) != 0) throw IoError("chmod", staging.host_path(), errno);
  staging.publish(true);
}

}  // namespace krgboot
