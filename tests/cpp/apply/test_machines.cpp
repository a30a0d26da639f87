#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/boot_file.hpp"
#include "krgboot/apply/dhcp_host.hpp"
#include "krgboot/base/error.hpp"

#include <string>

#include "catch.hpp"
#include "codes.hpp"
#include "error_of.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::codes;
using krgboot::test::ServerTree;

namespace {

DhcpHost web(const std::string& address) {
  DhcpHost host{HostName::from_string("web1"), MacAddress::from_string("52:54:00:00:00:0a")};
  host.address = Ipv4Address::from_string(address);
  return host;
}

constexpr auto hosts_file = "/etc/dhcp/krgboot_hosts.conf";
constexpr auto subnet = "subnet 10.9.0.0 netmask 255.255.255.0 { range 10.9.0.100 10.9.0.200; }\n";

}  // namespace

TEST_CASE("a host of its own is added, changed and removed beside a cluster") {
  ServerTree tree;
  tree.write("/etc/dhcp/dhcpd.conf", subnet);
  apply(ServerTree::cluster(), tree.root(), krgboot::test::unchecked());
  auto before = tree.read("/etc/dhcp/dhcpd.conf");

  auto proposal = propose_dhcp_host(web("10.9.0.5"), tree.root());
  CHECK(proposal.changes.notices.empty());
  auto report = apply(proposal);
  CHECK(report.checks.front().ran);
  CHECK(tree.read(hosts_file).find("fixed-address 10.9.0.5;") != std::string::npos);
  CHECK(tree.read("/etc/dhcp/dhcpd.conf").find(hosts_file) != std::string::npos);
  CHECK(propose_dhcp_host(web("10.9.0.5"), tree.root()).changes.empty());
  CHECK(verify(ServerTree::cluster(), tree.root()).clean());

  apply(propose_dhcp_host(web("10.9.0.6"), tree.root()));
  CHECK(tree.read(hosts_file).find("10.9.0.5") == std::string::npos);
  apply(propose_without_dhcp_host(HostName::from_string("web1"), tree.root()));
  CHECK_FALSE(tree.has(hosts_file));
  CHECK(tree.read("/etc/dhcp/dhcpd.conf") == before);
  CHECK(propose_without_dhcp_host(HostName::from_string("web1"), tree.root()).changes.empty());
}

TEST_CASE("what the server would answer instead is said") {
  ServerTree tree;
  tree.write("/etc/dhcp/dhcpd.conf", subnet);
  CHECK(codes(propose_dhcp_host(web("10.8.0.5"), tree.root()).changes.notices) ==
        std::vector<std::string>{"dhcp.no_answer"});
  tree.write(
      "/etc/dhcp/dhcpd.conf",
      subnet + std::string("host old { hardware ethernet 52:54:00:00:00:0a; fixed-address 10.9.0.7; }\n"));
  CHECK(codes(propose_dhcp_host(web("10.9.0.5"), tree.root()).changes.notices) ==
        std::vector<std::string>{"dhcp.other_address"});
}

TEST_CASE("dhcpd refuses a host, and nothing is written") {
  ServerTree tree;
  tree.write("/etc/dhcp/dhcpd.conf", std::string("host WEB1 { }\n") + subnet);
  auto bad = web("10.9.0.5");
  bad.extra = {"no-such-statement 1;"};
  CHECK(error_of<CommandError>([&] { return apply(propose_dhcp_host(bad, tree.root())); }).code ==
        "dhcpd.check");
  CHECK_FALSE(tree.has(hosts_file));
  DhcpServerPlace unknown{release(ReleaseName::bookworm), "no-such-program"};
  CHECK(error_of([&] { return propose_dhcp_host(web("10.9.0.5"), tree.root(), unknown); }).code ==
        "dhcp.program");
}

TEST_CASE("a boot file of its own has the names that its machines request") {
  ServerTree tree;
  const BootFilePlace place{"/srv/tftp"};
  const std::string text = "LABEL a\n  LINUX x\n";
  auto [machines, first, count] = GENERATE(table<std::string, std::string, std::size_t>({
      {"10.0.0.5", "0A000005", 1},
      {"52:54:00:00:00:0a", "01-52-54-00-00-00-0a", 1},
      {"35453b06-0000-4000-8000-c0ffee000001", "35453b06-0000-4000-8000-c0ffee000001", 1},
      {"10.0.0.0/25", "0A00000", 8},
      {"default", "default", 1},
  }));
  auto proposal = propose_boot_file(machines, text, place, tree.root());
  std::size_t files = 0;
  for (const auto& change : proposal.changes.changes)
    files += std::holds_alternative<WriteFile>(change.item) ? 1U : 0U;
  CHECK(files == count);
  apply(proposal);
  CHECK(tree.read("/srv/tftp/pxelinux.cfg/" + first) == text);
  CHECK(propose_boot_file(machines, text, place, tree.root()).changes.empty());
  apply(propose_boot_file(machines, std::nullopt, place, tree.root()));
  CHECK_FALSE(tree.has("/srv/tftp"));
}

TEST_CASE("a boot file that does not fit is refused") {
  ServerTree tree;
  const BootFilePlace place{"/srv/tftp"};
  auto long_line = "LABEL a\n  LINUX x\n  APPEND " + std::string(3000, 'x') + "\n";
  CHECK_THROWS_AS(propose_boot_file("default", long_line, place, tree.root()), ConfigError);
  CHECK(codes(propose_boot_file("default", "NO_WORD\n", place, tree.root()).changes.notices) ==
        std::vector<std::string>{"pxelinux.unknown_keyword"});
  auto code = [&](auto machines, const BootFilePlace& where) {
    return error_of([&] { return propose_boot_file(machines, "", where, tree.root()); }).code;
  };
  CHECK(code("node1", place) == "boot_file.machines");
  CHECK(code("default", {"/srv/tftp", "no-such-loader"}) == "boot_file.loader");
  CHECK(code("default", {"srv/../tftp"}) == "item.path");
  apply(ServerTree::cluster(), tree.root(), krgboot::test::unchecked());
  auto clash = propose_boot_file("default", "LABEL a\n", place, tree.root());
  CHECK(codes(clash.changes.findings) == std::vector<std::string>{"scope.clash"});
}
