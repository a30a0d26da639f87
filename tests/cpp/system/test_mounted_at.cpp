#include "krgboot/system/mounted_at.hpp"

#include <filesystem>

#include "catch.hpp"
#include "not_tested.hpp"
#include "own_mounts.hpp"
#include "scratch.hpp"

using namespace krgboot;

TEST_CASE("a plain directory is on the file system of the one above it, and not its root") {
  Scratch scratch;
  std::filesystem::create_directories(scratch.path() + "/a/b");
  std::filesystem::create_symlink("/a/b", scratch.path() + "/link");
  Root root(scratch.path());
  auto top = mounted_at(root, "/");
  auto inner = mounted_at(root, "/a/b");
  REQUIRE(top);
  REQUIRE(inner);
  CHECK(top->file_system == inner->file_system);
  CHECK_FALSE(inner->is_its_root);
  CHECK(mounted_at(root, "/link")->file_system == inner->file_system);
  CHECK_FALSE(mounted_at(root, "/not/there"));
}

TEST_CASE("a mount is identified by its file system, for every kind of mount") {
  Scratch scratch;
  for (const auto* path : {"/own/sub", "/plain/sub", "/bound", "/bound-sub", "/bound-own"})
    scratch.make_directory(path);
  auto status = with_own_mounts([&] {
    Root root(scratch.path());
    if (!mount_memory(scratch.host("/own"))) return false;
    std::filesystem::create_directories(scratch.host("/own/sub"));
    if (!bind_mount(scratch.host("/plain"), scratch.host("/bound"))) return false;
    if (!bind_mount(scratch.host("/own/sub"), scratch.host("/bound-sub"))) return false;
    if (!bind_mount(scratch.host("/own"), scratch.host("/bound-own"))) return false;
    auto at = [&](const char* path) { return *mounted_at(root, path); };
    auto own = at("/own").file_system;
    auto right = own != at("/").file_system && at("/own").is_its_root && at("/own").type == "tmpfs";
    right = right && at("/own").nosuid && at("/own").nodev;
    right = right && at("/own/sub").file_system == own && !at("/own/sub").is_its_root;
    // A bind mount is a mount point, but only a part of the file system above it.
    right = right && at("/bound").file_system == at("/").file_system && !at("/bound").is_its_root;
    right = right && at("/bound-sub").file_system == own && !at("/bound-sub").is_its_root;
    return right && at("/bound-own").file_system == own && at("/bound-own").is_its_root;
  });
  if (status == may_not_mount) {
    not_tested("this user may not mount anything, not even in a namespace of his own");
    return;
  }
  CHECK(status == 0);
}
