#include <sys/stat.h>

#include "apply/served_file.hpp"
#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;

TEST_CASE("a name that TFTP asks for has one path, beneath the daemon's directory", "[tftp]") {
  CHECK(as_tftp_path("pxelinux.0") == "/pxelinux.0");
  CHECK(as_tftp_path("/boot//./vmlinuz") == "/boot/vmlinuz");
  CHECK(as_tftp_path("boot/../../etc/shadow").empty());
  CHECK(as_tftp_path("").empty());
}

TEST_CASE("in.tftpd hands out files that everybody may read", "[tftp]") {
  ServerTree tree;
  tree.write("/srv/tftp/boot/vmlinuz", "kernel");
  auto tftp = tree.root().beneath("/srv/tftp");
  auto why = [&](const std::string& name) {
    auto found = not_served(tftp, name);
    return found ? found->why : "";
  };
  CHECK(why("boot/vmlinuz").empty());
  CHECK(why("boot") == "it is not a file");
  CHECK(why("boot/initrd.img") == "it is not there");
  CHECK(why("../etc/passwd") == "the name leads out of the TFTP root");

  SECTION("not so for a file that others may not read") {
    chmod(tree.host("/srv/tftp/boot/vmlinuz").c_str(), 0640);
    CHECK(why("boot/vmlinuz") == "others may not read it, and the TFTP daemon serves only what others may");
    CHECK(not_served(tftp, "boot/vmlinuz")->by_mode);
  }
  SECTION("nor beneath a directory that others may not enter") {
    chmod(tree.host("/srv/tftp/boot").c_str(), 0750);
    CHECK(why("boot/vmlinuz") == "others may not enter /boot");
    CHECK(not_served(tftp, "boot/vmlinuz")->by_mode);
    chmod(tree.host("/srv/tftp/boot").c_str(), 0755);
  }
  SECTION("a link is followed as the daemon sees it, which is chrooted") {
    tree.write("/srv/nfs/vmlinuz", "kernel");
    tree.link("/srv/tftp/boot/out", "/srv/nfs/vmlinuz");
    tree.link("/srv/tftp/boot/inside", "/boot/vmlinuz");
    CHECK(why("boot/out") == "it is not there");
    CHECK(why("boot/inside").empty());
    CHECK_FALSE(not_served(tftp, "boot/out")->by_mode);
  }
}
