#include <sys/stat.h>
#include <unistd.h>

#include "apply/served_file.hpp"
#include "catch.hpp"
#include "not_tested.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;

TEST_CASE("a name that TFTP asks for has one path, beneath the daemon's directory", "[tftp]") {
  CHECK(as_tftp_path("pxelinux.0") == "/pxelinux.0");
  CHECK(as_tftp_path("/boot//./vmlinuz") == "/boot/vmlinuz");
  CHECK(as_tftp_path("boot/../../etc/shadow").empty());
  CHECK(as_tftp_path("").empty());
}

namespace {

/// Why a file is not served, with "?" appended if that is not certain; "" if it is served.
std::string why_not_served(const ServerTree& tree, const std::string& name, const TftpAccess& access = {}) {
  auto found = not_served(tree.root().beneath("/srv/tftp"), name, access);
  return !found ? "" : found->why + (found->sure ? "" : "?");
}

void set_mode(const ServerTree& tree, const std::string& path, mode_t mode, uid_t owner = 0) {
  REQUIRE(chown(tree.host(path).c_str(), owner, 0) == 0);
  REQUIRE(chmod(tree.host(path).c_str(), mode) == 0);
}

constexpr uid_t somebody = 123;
const TftpAccess permissive{true, false};
const TftpAccess root_user{false, true};
const TftpAccess permissive_root{true, true};

}  // namespace

TEST_CASE("in.tftpd hands out files that everybody may read", "[tftp]") {
  if (geteuid() != 0) return not_tested("only root can give files to others");
  ServerTree tree;
  tree.write("/srv/tftp/boot/vmlinuz", "kernel");
  set_mode(tree, "/srv/tftp/boot/vmlinuz", 0644);
  CHECK(why_not_served(tree, "boot/vmlinuz").empty());
  CHECK(why_not_served(tree, "boot") == "it is not a file");
  CHECK(why_not_served(tree, "boot/initrd.img") == "it is not there");
  CHECK(why_not_served(tree, "../etc/passwd") == "the name leads out of the TFTP root");

  SECTION("a file that others may not read") {
    const std::string plain = "others may not read it, and the TFTP daemon serves only what others may";
    set_mode(tree, "/srv/tftp/boot/vmlinuz", 0640);
    CHECK(why_not_served(tree, "boot/vmlinuz") == plain);
    CHECK(why_not_served(tree, "boot/vmlinuz", root_user) == plain);
    CHECK(why_not_served(tree, "boot/vmlinuz", permissive) == "others may not read it");
    CHECK(why_not_served(tree, "boot/vmlinuz", permissive_root).empty());
    set_mode(tree, "/srv/tftp/boot/vmlinuz", 0640, somebody);
    CHECK(why_not_served(tree, "boot/vmlinuz") == plain);
    CHECK(why_not_served(tree, "boot/vmlinuz", permissive) == "others may not read it?");
  }
  SECTION("a directory that others may not enter") {
    set_mode(tree, "/srv/tftp/boot", 0750);
    CHECK(why_not_served(tree, "boot/vmlinuz") == "others may not enter /boot");
    CHECK(why_not_served(tree, "boot/vmlinuz", root_user).empty());
    set_mode(tree, "/srv/tftp/boot", 0700, somebody);
    CHECK(why_not_served(tree, "boot/vmlinuz") == "others may not enter /boot?");
  }
  SECTION("a link is followed as the daemon sees it, which is chrooted") {
    tree.write("/srv/nfs/vmlinuz", "kernel");
    tree.link("/srv/tftp/boot/out", "/srv/nfs/vmlinuz");
    tree.link("/srv/tftp/boot/inside", "/boot/vmlinuz");
    CHECK(why_not_served(tree, "boot/out") ==
          "it is a link to /srv/nfs/vmlinuz, which is not there for the TFTP server: it sees nothing above "
          "its own "
          "directory");
    CHECK(why_not_served(tree, "boot/inside").empty());
  }
}
