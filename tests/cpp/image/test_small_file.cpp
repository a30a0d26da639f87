#include "krgboot/system/process.hpp"

#include <string>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "catch.hpp"
#include "not_tested.hpp"
#include "system/extended_attributes.hpp"
#include "system/scratch.hpp"
#include "tree/staging.hpp"

using namespace krgboot;
using krgboot::test::access_list;

namespace {

mode_t mode_of(const Scratch& scratch, const std::string& path) {
  return scratch.root().status(path)->mode;
}

}  // namespace

TEST_CASE("a small file that is new can be read by all") {
  Scratch scratch;
  write_small_file(scratch.root(), "/etc/a/b.conf", "text");
  CHECK(scratch.read("/etc/a/b.conf") == "text");
  CHECK(mode_of(scratch, "/etc/a/b.conf") == 0644);
}

TEST_CASE("a small file keeps the mode, access list and notes of the one that it replaces") {
  Scratch scratch;
  scratch.write("/etc/a.conf", "old");
  auto file = scratch.host("/etc/a.conf");
  auto mode = GENERATE(as<mode_t>{}, 0600, 0640, 0664, 0400);
  REQUIRE(chmod(file.c_str(), mode) == 0);
  check_run({"setfacl", "-m", "u:1000:r", file});
  REQUIRE(setxattr(file.c_str(), "user.note", "keep", 4, 0) == 0);
  auto list = access_list(file);
  mode = mode_of(scratch, "/etc/a.conf");
  write_small_file(scratch.root(), "/etc/a.conf", "new");
  CHECK(scratch.read("/etc/a.conf") == "new");
  CHECK(mode_of(scratch, "/etc/a.conf") == mode);
  CHECK(access_list(file) == list);
  CHECK(getxattr(file.c_str(), "user.note", nullptr, 0) == 4);
}

TEST_CASE("a small file keeps the owner of the one that it replaces, and not its set-user-ID bit") {
  if (geteuid() != 0) return not_tested("only root can give files away");
  Scratch scratch;
  scratch.write("/etc/a.conf", "old");
  auto file = scratch.host("/etc/a.conf");
  REQUIRE(chown(file.c_str(), 12, 34) == 0);
  REQUIRE(chmod(file.c_str(), 04755) == 0);
  check_run({"setcap", "cap_net_raw+ep", file});
  write_small_file(scratch.root(), "/etc/a.conf", "new");
  auto status = scratch.root().status("/etc/a.conf");
  CHECK(status->uid == 12);
  CHECK(status->gid == 34);
  CHECK(status->mode == 0755);
  CHECK(getxattr(file.c_str(), "security.capability", nullptr, 0) < 0);
}

TEST_CASE("a small file in the place of a link is no more open than what the link led to") {
  Scratch scratch;
  scratch.write("/etc/secret", "old");
  REQUIRE(chmod(scratch.host("/etc/secret").c_str(), 0600) == 0);
  scratch.link("secret", "/etc/a.conf");
  write_small_file(scratch.root(), "/etc/a.conf", "new");
  CHECK(scratch.root().status("/etc/a.conf")->kind == FileKind::file);
  CHECK(mode_of(scratch, "/etc/a.conf") == 0600);
  CHECK(scratch.read("/etc/secret") == "old");
  scratch.link("/nowhere", "/etc/b.conf");
  write_small_file(scratch.root(), "/etc/b.conf", "new");
  CHECK(mode_of(scratch, "/etc/b.conf") == 0644);
}
