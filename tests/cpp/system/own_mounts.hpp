#pragma once

#include <fstream>
#include <iostream>
#include <string>

#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "forked.hpp"

/// Exit status of a child that is not allowed to mount.
inline constexpr int may_not_mount = 77;

/// For use inside the child: if `good` is false, prints `what` and ends the process.
inline void require(bool good, const std::string& what) {
  if (good) return;
  std::cerr << "not so: " << what << '\n';
  _exit(1);
}

/// Runs `check`, which returns true for success, in a child with its own mount namespace. Returns 0 or 1, or
/// `may_not_mount`. `check` must not use Catch.
template <class Check>
int with_own_mounts(Check check) {
  return status_of(forked([&] {
    auto user = std::to_string(geteuid());
    if (unshare(CLONE_NEWNS) != 0) {
      if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) _exit(may_not_mount);
      std::ofstream("/proc/self/uid_map") << "0 " << user << " 1\n";
    }
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) _exit(may_not_mount);
    _exit(check() ? 0 : 1);
  }));
}

inline bool mount_memory(const std::string& place, unsigned long flags = MS_NOSUID | MS_NODEV) {
  return mount("krgboot-test", place.c_str(), "tmpfs", flags, "mode=0755") == 0;
}
inline bool bind_mount(const std::string& source, const std::string& place) {
  return mount(source.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0;
}
/// Remounts the directory read-only; keeps its flags, which may be locked.
inline bool mount_read_only(const std::string& directory) {
  struct statvfs status {};
  if (!bind_mount(directory, directory) || statvfs(directory.c_str(), &status) != 0) return false;
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
  if ((status.f_flag & ST_NOSUID) != 0) flags |= MS_NOSUID;
  if ((status.f_flag & ST_NODEV) != 0) flags |= MS_NODEV;
  if ((status.f_flag & ST_NOEXEC) != 0) flags |= MS_NOEXEC;
  if ((status.f_flag & ST_NOATIME) != 0) flags |= MS_NOATIME;
  if ((status.f_flag & ST_NODIRATIME) != 0) flags |= MS_NODIRATIME;
  if ((status.f_flag & ST_RELATIME) != 0) flags |= MS_RELATIME;
  return mount(nullptr, directory.c_str(), nullptr, flags, nullptr) == 0;
}
