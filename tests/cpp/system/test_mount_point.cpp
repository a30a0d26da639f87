#include "krgboot/base/error.hpp"
#include "krgboot/system/file_descriptor.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "catch.hpp"
#include "forked.hpp"
#include "scratch.hpp"
#include "system/mount_point.hpp"

namespace {

/// 1 for a mount point, 0 for none; 2 where the kernel and what stands in for it before Linux 5.8 differ.
int answer(const std::string& directory, const std::string& name) {
  krgboot::FileDescriptor opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct statx status {};
  if (krgboot::statx_at(opened.get(), name, status) != 0) return 3;
  auto told = krgboot::is_mount_point(opened.get(), name, status, name);
  status.stx_attributes_mask &= ~static_cast<decltype(status.stx_attributes_mask)>(STATX_ATTR_MOUNT_ROOT);
  auto tried = krgboot::is_mount_point(opened.get(), name, status, name);
  if (told != tried) return 2;
  return told ? 1 : 0;
}

}  // namespace

TEST_CASE("where a mount begins is what the kernel says, whatever device numbers look like") {
  if (geteuid() != 0) {
    WARN("SKIPPED: only root may mount");
    return;
  }
  Scratch scratch;
  scratch.write("/lower/file", "on the disk");
  scratch.write("/tree/file", "covered");
  scratch.write("/tree/plain", "plain");
  scratch.make_directory("/tree/bound");
  scratch.make_directory("/tree/memory");
  scratch.make_directory("/memory");
  scratch.link("bound", "/tree/link");
  auto done = status_of(forked([&] {
    if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      _exit(50);
    auto host = [&](const std::string& path) { return scratch.host(path); };
    auto bind = [&](const std::string& from, const std::string& to) {
      return mount(host(from).c_str(), host(to).c_str(), nullptr, MS_BIND, nullptr) == 0;
    };
    if (!bind("/lower/file", "/tree/file") || !bind("/lower", "/tree/bound")) _exit(51);
    if (mount("tmpfs", host("/tree/memory").c_str(), "tmpfs", 0, nullptr) != 0) _exit(52);
    for (const auto* name : {"file", "bound", "memory"}) {
      if (answer(host("/tree"), name) != 1) _exit(53);
    }
    for (const auto* name : {"plain", "link"}) {
      if (answer(host("/tree"), name) != 0) _exit(54);
    }
    if (mount("tmpfs", host("/memory").c_str(), "tmpfs", 0, nullptr) != 0) _exit(55);
    for (const auto* name : {"/memory/upper", "/memory/work", "/memory/tree"}) scratch.make_directory(name);
    auto options = "lowerdir=" + host("/lower") + ",upperdir=" + host("/memory/upper") +
                   ",workdir=" + host("/memory/work");
    if (mount("overlay", host("/memory/tree").c_str(), "overlay", 0, options.c_str()) != 0) _exit(56);
    struct stat file {};
    struct stat directory {};
    stat(host("/memory/tree/file").c_str(), &file);
    stat(host("/memory/tree").c_str(), &directory);
    if (answer(host("/memory/tree"), "file") != 0) _exit(57);
    _exit(file.st_dev == directory.st_dev ? 58 : 7);
  }));
  if (done == 50 || done == 56) {
    WARN("SKIPPED: no mount namespace, or no overlay, may be made here");
    return;
  }
  if (done == 58) WARN("this overlay gives its files the device number of their directory");
  CHECK((done == 7 || done == 58));
}
