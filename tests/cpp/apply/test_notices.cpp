#include <algorithm>

#include <fmt/format.h>

#include "apply/notices.hpp"
#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;

namespace {

Diagnostics seen(const ServerTree& tree, const std::string& within = "") {
  return notices(ServerTree::cluster(), tree.root(), within);
}

}  // namespace

TEST_CASE("nothing is noticed of an image and a server that are in order", "[notices]") {
  ServerTree tree;
  tree.write("/nfsroot/a/etc/fstab",
             "proc /proc proc defaults 0 0\n10.0.0.2:/srv/home /home nfs defaults 0 0\n");
  CHECK(seen(tree).empty());
}

TEST_CASE("lines of disks in an image's fstab are noticed, each at its place", "[notices]") {
  ServerTree tree;
  tree.write("/nfsroot/a/etc/fstab",
             "proc /proc proc defaults 0 0\nUUID=1-2 /data ext4 defaults 0 2\n"
             "/dev/sda2 none swap sw 0 0\n");
  auto found = seen(tree, "/nfsroot/a");
  REQUIRE(found.size() == 2);
  CHECK(found[0].severity == Severity::warning);
  CHECK(found[0].code == "fstab.disk");
  CHECK(found[0].key == "images.a");
  CHECK(found[0].where.to_string() == "/nfsroot/a/etc/fstab:2:1");
  CHECK(found[1].where.to_string() == "/nfsroot/a/etc/fstab:3:1");
  CHECK(seen(tree, "/nfsroot/another").empty());
}

TEST_CASE("a long list of disks is cut, and says so", "[notices]") {
  ServerTree tree;
  std::string text;
  for (int i = 0; i < 60; ++i) text += fmt::format("/dev/sda{} /d{} ext4 defaults 0 2\n", i, i);
  tree.write("/nfsroot/a/etc/fstab", text);
  auto found = seen(tree);
  REQUIRE(found.size() == 51);
  CHECK(found.back().message == "and 10 more lines of disks in its fstab");
}

TEST_CASE("a server without NFSv3 is noticed where roots are mounted by it", "[notices]") {
  ServerTree tree;
  tree.write("/etc/nfs.conf", "[nfsd]\nvers3=n\n");
  auto found = seen(tree);
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == "nfs.version_3_off");
  CHECK(found[0].where.to_string() == "/etc/nfs.conf:2:1");
  CHECK(seen(tree, "/nfsroot/a").size() == 1);
  CHECK(seen(tree, "/nfsroot/another").empty());
}
