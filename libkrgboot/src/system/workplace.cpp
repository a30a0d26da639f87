#include "workplace.hpp"

#include "krgboot/base/error.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attributes.hpp"
#include "operation.hpp"
#include "path.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

/// Number of directories kept open, each with up to three descriptors; a process has 1024 by default.
constexpr std::size_t open_limit = 64;

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

}  // namespace

Workplace::Workplace(Root root, std::string id) : root_(std::move(root)), id_(std::move(id)) {}

std::uint32_t Workplace::add(const std::string& path, const std::string& location) {
  entries_.push_back({path, location, {}, {}, {}});
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void Workplace::move_home(std::uint32_t index) {
  auto& entry = entries_[index];
  entry.location = entry.path;
}

std::string Workplace::describe(std::uint32_t index, const std::string& name) const {
  return root_.describe(joined_path(entries_[index].path, name));
}

int Workplace::directory(std::uint32_t index) {
  auto& entry = entries_[index];
  if (entry.directory) return entry.directory.get();
  if (opened_.size() >= open_limit) {
    close(entries_[opened_.front()]);
    opened_.pop_front();
  }
  entry.directory = root_.open(entry.location, O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!entry.directory) return -1;
  opened_.push_back(index);
  return entry.directory.get();
}

void Workplace::close(Entry& entry) {
  entry.directory = FileDescriptor();
  entry.staging = FileDescriptor();
  entry.aside = FileDescriptor();
}

int Workplace::staging(std::uint32_t index, bool make) {
  return beside(index, &Entry::staging, staging_name(id_), make);
}

int Workplace::aside(std::uint32_t index, bool make) {
  return beside(index, &Entry::aside, aside_name(id_), make);
}

int Workplace::beside(std::uint32_t index, FileDescriptor Entry::*member, const std::string& name,
                      bool make) {
  auto parent = directory(index);
  if (parent < 0) return -1;
  auto& held = entries_[index].*member;
  if (held) return held.get();
  // EEXIST: another path leads to this directory, and has already made the staging directory.
  auto made = make && mkdirat(parent, name.c_str(), 0700) == 0;
  if (make && !made && errno != EEXIST) throw IoError("mkdir", describe(index, name), errno);
  held =
      FileDescriptor(system_call::retried([&] { return ::openat(parent, name.c_str(), directory_flags); }));
  // Staged files must get only the requested permissions, none from a default ACL.
  if (held && made) drop_access_lists(held.get());
  if (held) return held.get();
  if (errno == ENOENT && !make) return -1;
  throw IoError("open", describe(index, name), errno);
}

bool Workplace::clear(std::uint32_t index) {
  auto parent = directory(index);
  if (parent < 0) return false;
  auto& entry = entries_[index];
  entry.staging = FileDescriptor();
  entry.aside = FileDescriptor();
  auto remove = [&](const std::string& name) { return remove_tree(parent, name, describe(index, name)); };
  auto staging = staging_name(id_);
  auto aside = aside_name(id_);
  bool removed = false;
  try {
    removed = remove(staging);
  } catch (const IoError&) {
    remove(aside);
    throw;
  }
  return remove(aside) || removed;
}

bool remove_tree(int parent, const std::string& name, const std::string& host_path) {
  if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) return true;
  if (system_call::is_absent_at(parent, name.c_str(), errno)) return false;
  if (errno != ENOTEMPTY && errno != EEXIST) throw IoError("remove", host_path, errno);
  FileDescriptor directory(
      system_call::retried([&] { return ::openat(parent, name.c_str(), directory_flags); }));
  if (!directory) throw IoError("open", host_path, errno);
  for (const auto& inner : system_call::names_in(directory.get(), host_path)) {
    if (unlinkat(directory.get(), inner.c_str(), 0) == 0) continue;
    if (errno == ENOENT) continue;
    if (errno != EISDIR) throw IoError("remove", joined_path(host_path, inner), errno);
    remove_tree(directory.get(), inner, joined_path(host_path, inner));
  }
  if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0) throw IoError("remove", host_path, errno);
  return true;
}

}  // namespace krgboot
