#include "krgboot/base/error.hpp"
#include "krgboot/system/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "not_tested.hpp"
#include "own_mounts.hpp"
#include "scratch.hpp"
#include "system/mount_point.hpp"

namespace {

constexpr int same_device = 58;

/// 1 for a mount point, 0 otherwise; 2 if the kernel's attribute and the method for kernels before 5.8
/// disagree.
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

TEST_CASE("mount points are found by the kernel's answer, not by device numbers") {
  Scratch scratch;
  scratch.write("/lower/file", "on the disk");
  scratch.write("/tree/file", "covered");
  scratch.write("/tree/plain", "plain");
  scratch.make_directory("/tree/bound");
  scratch.make_directory("/tree/memory");
  scratch.make_directory("/memory");
  scratch.link("bound", "/tree/link");
  auto done = with_own_mounts([&] {
    auto host = [&](const std::string& path) { return scratch.host(path); };
    require(bind_mount(host("/lower/file"), host("/tree/file")), "a mount over a file");
    require(bind_mount(host("/lower"), host("/tree/bound")), "a mount over a directory");
    require(mount_memory(host("/tree/memory")), "tmpfs");
    for (const auto* name : {"file", "bound", "memory"})
      require(answer(host("/tree"), name) == 1, std::string(name) + " is a mount point");
    for (const auto* name : {"plain", "link"})
      require(answer(host("/tree"), name) == 0, std::string(name) + " is none");
    require(mount_memory(host("/memory")), "tmpfs");
    for (const auto* name : {"/memory/upper", "/memory/work", "/memory/tree"}) scratch.make_directory(name);
    auto options = "lowerdir=" + host("/lower") + ",upperdir=" + host("/memory/upper") +
                   ",workdir=" + host("/memory/work");
    if (mount("overlay", host("/memory/tree").c_str(), "overlay", 0, options.c_str()) != 0)
      _exit(may_not_mount);
    struct stat file {};
    struct stat directory {};
    require(stat(host("/memory/tree/file").c_str(), &file) == 0, "stat");
    require(stat(host("/memory/tree").c_str(), &directory) == 0, "stat");
    require(answer(host("/memory/tree"), "file") == 0, "a file of an overlay is no mount point");
    if (file.st_dev == directory.st_dev) _exit(same_device);
    return true;
  });
  if (done == may_not_mount) {
    not_tested("no mount namespace, or no overlay, may be made here");
  } else if (done == same_device) {
    not_tested("this overlay gives its files the device number of their directory");
  } else {
    CHECK(done == 0);
  }
}
