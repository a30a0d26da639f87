#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"
#include "krgboot/base/error.hpp"

#include <filesystem>

#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;

namespace {

/// The message of dhcpd for the tree's dhcpd.conf; "" if it accepts the file.
std::string dhcpd_says(const ServerTree& tree) {
  try {
    auto report = apply(ServerTree::cluster(), tree.root());
    REQUIRE_FALSE(report.checks.empty());
    INFO("tests/setup installs dhcpd");
    REQUIRE(report.checks.front().ran);
    return "";
  } catch (const ConflictError& error) {
    if (error.code() != "dhcpd.refused_before") throw;
    return error.what();
  }
}

}  // namespace

TEST_CASE("dhcpd reads what a staged dhcpd.conf includes from the staged tree") {
  ServerTree tree;
  SECTION("beside it") {
    tree.write("/etc/dhcp/more.conf", "option no-such-option 1;\n");
    tree.write("/etc/dhcp/dhcpd.conf", "include \"/etc/dhcp/more.conf\";\n");
  }
  SECTION("elsewhere, where the host has nothing") {
    tree.write("/etc/krgboot-test/dhcp/more.conf", "option no-such-option 1;\n");
    tree.write("/etc/dhcp/dhcpd.conf", "include \"/etc/dhcp/..//krgboot-test/dhcp/more.conf\";\n");
  }
  SECTION("by a link within the tree") {
    tree.write("/srv/more.conf", "option no-such-option 1;\n");
    tree.write("/etc/dhcp/dhcpd.conf", "include \"/etc/dhcp/link.conf\";\n");
    std::filesystem::create_symlink("/srv/more.conf", tree.host("/etc/dhcp/link.conf"));
  }
  SECTION("all of /etc/dhcp being such a link") {
    tree.write("/srv/dhcp/dhcpd.conf", "option no-such-option 1;\n");
    std::filesystem::create_directories(tree.host("/etc"));
    std::filesystem::create_symlink("/srv/dhcp", tree.host("/etc/dhcp"));
  }
  CHECK(dhcpd_says(tree).find("no-such-option") != std::string::npos);
}

TEST_CASE("dhcpd sees nothing of the host's through a staged tree's links") {
  ServerTree outside;
  outside.write("/secret", "option a-secret-of-the-host 1;\n");
  ServerTree tree;
  SECTION("one file") {
    tree.write("/etc/dhcp/dhcpd.conf", "include \"/etc/dhcp/link.conf\";\n");
    std::filesystem::create_symlink(outside.host("/secret"), tree.host("/etc/dhcp/link.conf"));
  }
  SECTION("the folder") {
    std::filesystem::rename(outside.host("/secret"), outside.host("/dhcpd.conf"));
    std::filesystem::create_directories(tree.host("/etc"));
    std::filesystem::create_symlink(outside.host("/"), tree.host("/etc/dhcp"));
  }
  std::string said;
  try {
    said = dhcpd_says(tree);
  } catch (const ConflictError& error) {
    said = error.what();  // the directory does not belong to this tree
  }
  CHECK_FALSE(said.empty());
  CHECK(said.find("a-secret-of-the-host") == std::string::npos);
}

TEST_CASE("the installed dhcpd does not decide for a server with an older one") {
  auto cluster = load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: lenny}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images: {a: {path: /nfsroot/a, release: lenny, shares_file_system: a test}}
boot: {a: {image: a, kernel: vmlinuz, initrd: initrd.img}}
default_boot: a
nodes: [{name: n1, address: 10.0.0.3, mac: "52:54:00:00:00:01"}]
)");
  ServerTree tree;
  tree.write("/usr/lib/syslinux/pxelinux.0", "PXELINUX 3.71");
  tree.write("/etc/dhcp3/dhcpd.conf", "ddns-update-style ad-hoc;\n");
  auto report = apply(cluster, tree.root());
  CHECK(report.checks.front().ran);
  CHECK(report.checks.front().detail.find("the server's older dhcpd may take") != std::string::npos);
  auto dhcp = trace(cluster, find_machine(cluster, "n1"), tree.root()).steps.front();
  CHECK(dhcp.status == StepStatus::warning);
  CHECK(dhcp.why.find("5.0 is older") != std::string::npos);

  SECTION("what no dhcpd takes is broken there as well") {
    tree.write("/etc/dhcp3/dhcpd.conf", "subnet 10.0.0.0 { }\n" + tree.read("/etc/dhcp3/dhcpd.conf"));
    CHECK(trace(cluster, find_machine(cluster, "n1"), tree.root()).steps.front().status ==
          StepStatus::broken);
  }
}
