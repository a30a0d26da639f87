#include "krgboot/apply/apply.hpp"
#include "krgboot/base/error.hpp"

#include <algorithm>
#include <map>

#include "catch.hpp"
#include "error_of.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;
using krgboot::test::unchecked;

TEST_CASE("an empty server gets every file, and a second apply changes nothing") {
  ServerTree tree;
  auto cluster = ServerTree::cluster();
  auto report = apply(cluster, tree.root(), unchecked());
  CHECK_FALSE(report.changes.changes.empty());
  CHECK(tree.read("/srv/tftp/pxelinux.0") == "PXELINUX 6.04 PXE");
  CHECK(tree.read("/srv/tftp/boot/a/vmlinuz") == tree.read("/nfsroot/a/boot/vmlinuz"));
  CHECK(tree.read("/etc/dhcp/dhcpd.conf").find("include \"/etc/dhcp/krgboot.conf\";") != std::string::npos);
  CHECK(verify(cluster, tree.root()).clean());
  CHECK(apply(cluster, tree.root(), unchecked()).changes.empty());
}

TEST_CASE("the daemons check what is staged, and a refusal leaves nothing behind") {
  ServerTree tree;
  tree.write("/etc/dhcp/dhcpd.conf", "option no-such-option 1;\n");
  try {
    apply(ServerTree::cluster(), tree.root());
    // Without dhcpd the file is not refused; tests/setup installs it.
    FAIL("dhcpd is not installed, or took an unknown option");
  } catch (const ConflictError& error) {
    CHECK(error.code() == "dhcpd.refused_before");
    auto said = std::string(error.what());
    CHECK(said.find("/etc/dhcp/dhcpd.conf line 1: unknown option dhcp.no-such-option") != std::string::npos);
    CHECK(said.find("ISC") == std::string::npos);
    CHECK(said.find("exiting") == std::string::npos);
  }
  CHECK_FALSE(tree.has("/srv/tftp"));
  CHECK_FALSE(tree.has("/etc/dhcp/krgboot.conf"));
  CHECK(tree.read("/etc/dhcp/dhcpd.conf") == "option no-such-option 1;\n");
}

TEST_CASE("a boot file for missing files is not written unless allowed") {
  ServerTree tree;
  std::filesystem::remove(tree.host("/nfsroot/a/boot/vmlinuz"));
  try {
    apply(ServerTree::cluster(), tree.root(), unchecked());
    FAIL("it was written");
  } catch (const ConflictError& error) {
    CHECK(error.code() == "kernel.missing");
    CHECK(std::string(error.what()).find("/nfsroot/a/boot/vmlinuz is not there") != std::string::npos);
  }
  CHECK_FALSE(tree.has("/srv/tftp"));
  auto options = unchecked();
  options.allow_missing = true;
  auto report = apply(ServerTree::cluster(), tree.root(), options);
  CHECK(tree.has("/srv/tftp/pxelinux.cfg/default"));
  REQUIRE_FALSE(report.warnings.empty());
  CHECK(report.warnings[0].severity == Severity::warning);
}

TEST_CASE("a plan goes stale with the first change by another hand") {
  ServerTree tree;
  auto cluster = ServerTree::cluster();
  auto proposal = propose(cluster, tree.root());
  tree.write("/etc/default/tftpd-hpa", "# another hand\n");
  CHECK_THROWS_AS(apply(proposal, unchecked()), ConflictError);
  CHECK(tree.read("/etc/default/tftpd-hpa") == "# another hand\n");
  CHECK_FALSE(tree.has("/srv/tftp"));
}

TEST_CASE("a node's own file comes and goes with the spec") {
  ServerTree tree;
  auto own = ServerTree::cluster("[{name: n1, address: 10.0.0.3, append: [single]}]");
  apply(own, tree.root(), unchecked());
  CHECK(tree.has("/srv/tftp/pxelinux.cfg/0A000003"));
  tree.write("/srv/tftp/pxelinux.cfg/0A000004", "somebody else's\n");
  apply(ServerTree::cluster(), tree.root(), unchecked());
  CHECK_FALSE(tree.has("/srv/tftp/pxelinux.cfg/0A000003"));
  CHECK(tree.has("/srv/tftp/pxelinux.cfg/0A000004"));
}

TEST_CASE("cancelling leaves everything as it was") {
  ServerTree tree;
  auto options = unchecked();
  int calls = 0;
  options.on_progress = [&](std::size_t, std::size_t, std::string_view) { return ++calls < 5; };
  CHECK_THROWS_AS(apply(ServerTree::cluster(), tree.root(), options), ConflictError);
  CHECK_FALSE(tree.has("/srv/tftp"));
  CHECK_FALSE(tree.has("/etc/dhcp"));
}

TEST_CASE("no link inside an image leads to the server's files") {
  ServerTree tree;
  tree.write("/etc/fstab", "the server's\n");
  tree.write("/etc/hosts", "the server's\n");
  auto before = tree.read("/etc/hosts");
  // Resolved from the server's root, each of these is the server's own /etc.
  auto target = GENERATE(as<std::string>(), "/etc", "../../etc", "../../../../../etc", "/proc/self/root/etc");
  std::filesystem::remove_all(tree.host("/nfsroot/a/etc"));
  std::filesystem::create_directory_symlink(target, tree.host("/nfsroot/a/etc"));
  auto changes = propose(ServerTree::cluster(), tree.root()).changes;
  auto found = std::count_if(changes.findings.begin(), changes.findings.end(),
                             [](const Diagnostic& finding) { return finding.code == "image.link"; });
  CHECK(found >= 2);
  try {
    apply(ServerTree::cluster(), tree.root(), unchecked());
    FAIL("it was applied");
  } catch (const ConflictError& error) {
    CHECK(error.code() == "image.link");
  }
  CHECK(tree.read("/etc/hosts") == before);
  CHECK(tree.read("/etc/fstab") == "the server's\n");
  CHECK_FALSE(tree.has("/srv/tftp"));
}

TEST_CASE("a file of an image that is a link to the server's is not read and not followed") {
  ServerTree tree;
  tree.write("/etc/hosts", "the server's secret\n");
  std::filesystem::remove(tree.host("/nfsroot/a/etc/hosts"));
  std::filesystem::create_symlink("/etc/hosts", tree.host("/nfsroot/a/etc/hosts"));
  auto changes = propose(ServerTree::cluster(), tree.root()).changes;
  CHECK(unified_diff(changes).find("secret") == std::string::npos);
  CHECK_THROWS_AS(apply(ServerTree::cluster(), tree.root(), unchecked()), ConflictError);
  CHECK(tree.read("/etc/hosts") == "the server's secret\n");
}

TEST_CASE("an image that the spec has given up is confined as before") {
  ServerTree tree;
  apply(ServerTree::cluster(), tree.root(), unchecked());
  REQUIRE(tree.read("/nfsroot/a/etc/hosts").find("krgboot: hosts") != std::string::npos);
  // Replace its /etc by a symlink to the server's, which contains the same block.
  tree.write("/etc/hosts", tree.read("/nfsroot/a/etc/hosts"));
  tree.write("/etc/fstab", tree.read("/nfsroot/a/etc/fstab"));
  auto before = tree.read("/etc/hosts");
  std::filesystem::rename(tree.host("/nfsroot/a/etc"), tree.host("/nfsroot/a/moved"));
  std::filesystem::create_directory_symlink("/etc", tree.host("/nfsroot/a/etc"));
  auto other = load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
nodes: []
)");
  apply(other, tree.root(), unchecked());
  CHECK(tree.read("/etc/hosts") == before);
  CHECK_FALSE(tree.read("/etc/fstab").empty());
  // Without the symlink, krgboot's blocks are removed from the image.
  std::filesystem::remove(tree.host("/nfsroot/a/etc"));
  std::filesystem::rename(tree.host("/nfsroot/a/moved"), tree.host("/nfsroot/a/etc"));
  apply(other, tree.root(), unchecked());
  CHECK(tree.read("/nfsroot/a/etc/hosts").find("krgboot") == std::string::npos);
  CHECK(apply(other, tree.root(), unchecked()).changes.empty());
}

TEST_CASE("a link planted where an image's folder should be leads nowhere") {
  ServerTree tree;
  ServerTree outside;
  outside.write("/etc/hosts", "the host's\n");
  std::filesystem::remove_all(tree.host("/nfsroot/a/etc"));
  std::filesystem::create_directory_symlink(outside.host("/etc"), tree.host("/nfsroot/a/etc"));
  CHECK(error_of<ConflictError>([&] { apply(ServerTree::cluster(), tree.root(), unchecked()); }).code ==
        "image.link");
  CHECK(outside.read("/etc/hosts") == "the host's\n");
  CHECK_FALSE(outside.has("/etc/fstab"));
  CHECK_FALSE(tree.has("/srv/tftp"));
}
