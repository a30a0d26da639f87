#include <fmt/format.h>

#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

ClusterText nodes(const std::string& list) {
  return ClusterText().with("nodes", "nodes:\n" + list);
}

/// A valid node, and one with the fields of the test.
ClusterText beside(const std::string& fields) {
  return nodes(
      "  - {name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01', uuid: "
      "564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e01}\n  - {" +
      fields + "}");
}

const std::string rest = "address: 10.0.0.12, mac: '52:54:00:00:00:02'";

ClusterText name(const std::string& text) {
  return beside("name: " + text + ", " + rest);
}
ClusterText address(const std::string& text) {
  return beside("name: n2, address: " + text + ", mac: '52:54:00:00:00:02'");
}
ClusterText mac(const std::string& text) {
  return beside("name: n2, address: 10.0.0.12, mac: " + text);
}
ClusterText uuid(const std::string& text) {
  return beside("name: n2, " + rest + ", uuid: " + text);
}

}  // namespace

TEST_CASE("a node's name is one that DNS and dhcpd hold") {
  for (const auto& text : Texts{"n2", "2n", "N-2", "group", "'0x1'"}) accepted(name(text));
  accepted(name(std::string(63, 'n')));
  for (const auto& text : Texts{"n_2", "-n2", "n2-", "n2.lab.home", "'n 2'", "'2'", "'n;2'", "'n{'", "ñ"}) {
    CAPTURE(text);
    refused(name("^" + text), "node.name_syntax", "nodes[1].name");
  }
  refused(name("^" + std::string(64, 'n')), "node.name_syntax", "nodes[1].name");
  CHECK(contains(refused(name("^n2.lab.home"), "node.name_syntax", "nodes[1].name").hint, "cluster.domain"));
  refused(name("^localhost"), "name.reserved", "nodes[1].name");
}

TEST_CASE("a node's name and the domain fit into DNS together") {
  const std::string label(47, 'd');
  const std::string cluster =
      "cluster: {name: lab, domain: " + label + "." + label + "." + label + "." + std::string(45, 'd') + "}";
  accepted(name(std::string(63, 'n')).with("cluster", cluster));
  const std::string longer =
      "cluster: {name: lab, domain: " + label + "." + label + "." + label + "." + std::string(46, 'd') + "}";
  refused(name("^" + std::string(63, 'n')).with("cluster", longer), "name.too_long", "nodes[1].name");
}

TEST_CASE("no two machines share a name") {
  auto finding = refused(name("^N1"), "node.duplicate_name", "nodes[1].name");
  CHECK(contains(finding.message, "(cluster.yaml:9:12)"));
  finding = refused(name("^Server"), "node.name_is_server", "nodes[1].name");
  CHECK(contains(finding.message, "(cluster.yaml:3:16)"));
  refused(beside("name: [n2, n3, ^n2], address: '10.0.0.[12-14]', mac: '52:54:00:00:00:[02-04]'"),
          "node.duplicate_name", "nodes[1].name[2]");
}

TEST_CASE("no two machines share an address") {
  accepted(address("10.0.0.10"));
  auto finding = refused(address("^10.0.0.11"), "node.duplicate_address", "nodes[1].address");
  CHECK(finding.message == "address 10.0.0.11 of n2 is also that of n1 (cluster.yaml:9:25)");
  finding = refused(address("^10.0.0.2"), "node.address_is_server", "nodes[1].address");
  CHECK(finding.message == "address 10.0.0.2 of n2 is the server's (cluster.yaml:3:33)");
  finding = refused(address("^10.0.0.1"), "node.address_is_router", "nodes[1].address");
  CHECK(contains(finding.message, "(cluster.yaml:4:42)"));
}

TEST_CASE("a node's address is one of a machine in a network, and not in a pool") {
  accepted(address("10.0.0.199"));
  accepted(address("10.0.0.221"));
  accepted(address("10.0.0.254"));
  refused(address("^10.0.0.200"), "node.address_in_pool", "nodes[1].address");
  refused(address("^10.0.0.220"), "node.address_in_pool", "nodes[1].address");
  refused(address("^10.0.0.0"), "node.address_reserved", "nodes[1].address");
  refused(address("^10.0.0.255"), "node.address_reserved", "nodes[1].address");
  refused(address("^10.0.1.0"), "node.address_outside_networks", "nodes[1].address");
  refused(address("^9.255.255.255"), "node.address_outside_networks", "nodes[1].address");
}

TEST_CASE("a network of two or of one address has no reserved ones") {
  auto text = [](const std::string& network, const std::string& address) {
    return nodes("  - {name: n1, address: " + address + ", mac: '52:54:00:00:00:01'}")
        .with("networks", "networks: [{subnet: 10.0.0.2/32, router: 10.0.0.2}, {subnet: " + network + "}]")
        .with("default_boot", "default_boot: debian");
  };
  for (const auto& [network, node] : std::vector<std::pair<std::string, std::string>>{
           {"10.0.1.0/31, router: 10.0.1.1", "10.0.1.0"}, {"10.0.1.0/31, router: 10.0.1.0", "10.0.1.1"}}) {
    accepted(text(network, node));
  }
  warned(text("^10.0.1.7/32", "10.0.1.7"), "network.no_router", "networks[1]");
  refused(text("10.0.1.0/30, router: 10.0.1.1", "^10.0.1.3"), "node.address_reserved", "nodes[0].address");
}

TEST_CASE("a node's MAC address is a machine's own") {
  accepted(mac("52:54:00:00:00:02"));
  accepted(mac("52-54-00-00-00-FE"));
  refused(mac("^'52:54:00:00:00'"), "node.mac_syntax", "nodes[1].mac");
  refused(mac("^'52:54:00:00:00:g1'"), "node.mac_syntax", "nodes[1].mac");
  refused(mac("^'01:00:5e:00:00:02'"), "node.mac_not_a_machine", "nodes[1].mac");
  refused(mac("^'ff:ff:ff:ff:ff:ff'"), "node.mac_not_a_machine", "nodes[1].mac");
  refused(mac("^'00:00:00:00:00:00'"), "node.mac_not_a_machine", "nodes[1].mac");
  accepted(mac("'00:00:00:00:00:01'"));
  accepted(mac("'02:00:5e:00:00:02'"));
  auto finding = refused(mac("^'52-54-00-00-00-01'"), "node.duplicate_mac", "nodes[1].mac");
  CHECK(finding.message == "MAC address 52:54:00:00:00:01 of n2 is also that of n1 (cluster.yaml:9:41)");
}

TEST_CASE("a node's UUID is a machine's own") {
  accepted(uuid("564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e02"));
  refused(uuid("^564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e0"), "node.uuid_syntax", "nodes[1].uuid");
  refused(uuid("^00000000-0000-0000-0000-000000000000"), "node.placeholder_uuid", "nodes[1].uuid");
  refused(uuid("^FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"), "node.placeholder_uuid", "nodes[1].uuid");
  refused(uuid("^564D0F12-3A4B-5C6D-7E8F-9A0B1C2D3E01"), "node.duplicate_uuid", "nodes[1].uuid");
  for (const auto* version : {"0", "f"}) {
    auto odd = fmt::format("564d0f12-3a4b-{}c6d-7e8f-9a0b1c2d3e02", version);
    accepted(uuid(odd));
    refused(uuid("^" + odd + ", boot_file: uuid"), "node.uuid_not_asked_for", "nodes[1].uuid");
  }
}

TEST_CASE("ranges of one entry have the same number of members") {
  accepted(beside("name: 'm[1-4]', address: '10.0.0.[101-104]', mac: '52:54:00:00:01:[01-04]'"));
  accepted(beside(
      "name: ['m[1-2]', m3, m4], address: [10.0.0.101, '10.0.0.[102-104]'], mac: '52:54:00:00:01:[0d-10]'"));
  auto finding =
      refused(beside("name: 'm[1-4]', address: ^'10.0.0.[101-103]', mac: '52:54:00:00:01:[01-04]'"),
              "node.count_mismatch", "nodes[1].address");
  CHECK(finding.message == "there are 4 names, but 3 addresses");
  finding = refused(beside("name: 'm[1-4]', address: '10.0.0.[101-104]', mac: ^'52:54:00:00:01:01'"),
                    "node.count_mismatch", "nodes[1].mac");
  CHECK(finding.message == "there are 4 names, but 1 MAC address");
  // In hex, 01 to 10 are sixteen values.
  finding = refused(beside("name: 'm[1-10]', address: '10.0.0.[101-110]', mac: ^'52:54:00:00:01:[01-10]'"),
                    "node.count_mismatch", "nodes[1].mac");
  CHECK(finding.message == "there are 10 names, but 16 MAC addresses");
}

TEST_CASE("what is wrong with a range is said with its place") {
  refused(beside("name: ^'m[4-1]', " + rest), "range.descending", "nodes[1].name");
  refused(beside("name: m1, address: ^'10.0.0.[', mac: '52:54:00:00:00:02'"), "range.syntax",
          "nodes[1].address");
  refused(beside("name: ^'m[1-99999999]', " + rest), "range.too_many", "nodes[1].name");
  refused(beside("name: [m1, ^'m[2-', m3], " + rest), "range.syntax", "nodes[1].name");
}

TEST_CASE("a member of a list has the place of its element") {
  auto list = [](const std::string& names) {
    return beside("name: [" + names + "], address: '10.0.0.[101-106]', mac: '52:54:00:00:01:[01-06]'");
  };
  accepted(list("'m[1-3]', x, 'y[1-2]'"));
  refused(list("'m[1-3]', ^m2, 'y[1-2]'"), "node.duplicate_name", "nodes[1].name[1]");
  refused(list("'m[1-3]', x, ^'n[1-2]'"), "node.duplicate_name", "nodes[1].name[2]");
}

TEST_CASE("a mistake in a range is not told for each of its thousands of members") {
  auto text =
      nodes("  - {name: 'n[1-5000]', address: '10.1.[1-50].[1-100]', mac: '52:54:00:00:[01-32]:[01-64]'}");
  auto findings = judge(text.marked()).diagnostics;
  REQUIRE(findings.size() == 6);
  for (const auto& finding : findings) CHECK(finding.code == "node.address_outside_networks");
  CHECK(contains(findings[0].message, "10.1.1.1 of n1 "));
  CHECK(contains(findings[4].message, "10.1.1.5 of n5 "));
  CHECK(findings[5].message == "and 4995 more like this");
}

TEST_CASE("a node boots something") {
  accepted(beside("name: n2, " + rest + ", boot: debian"));
  auto finding = refused(beside("name: n2, " + rest + ", boot: ^debain"), "boot.unknown", "nodes[1].boot");
  CHECK(finding.hint == "did you mean debian?");
  auto text = ClusterText()
                  .with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]")
                  .with("default_boot", "")
                  .with("nodes",
                        "nodes:\n  - {name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01', boot: debian}\n"
                        "  - ^{name: n2, address: 10.0.0.12, mac: '52:54:00:00:00:02'}");
  refused(text, "node.no_boot", "nodes[1]");
}

TEST_CASE("a default_boot that is wrong is not told again for every node") {
  auto text = ClusterText().with("default_boot", "default_boot: other");
  CHECK(codes(judge(text.marked()).diagnostics) == Texts{"boot.unknown"});
}

TEST_CASE("a boot file by MAC address or UUID needs one") {
  accepted(beside("name: n2, " + rest + ", boot_file: mac"));
  accepted(beside("name: n2, " + rest + ", boot_file: uuid, uuid: 564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e02"));
  refused(beside("name: n2, " + rest + ", boot_file: ^uuid"), "node.boot_file_without_uuid",
          "nodes[1].boot_file");
  auto text = ClusterText()
                  .with("server", "server: {name: server, address: 10.0.0.2, release: bookworm, dhcp: none}")
                  .with("nodes", "nodes: [{name: n1, address: 10.0.0.11, boot_file: ^mac}]");
  refused(text, "node.boot_file_without_mac", "nodes[0].boot_file");
}

TEST_CASE("dhcpd knows a node by its MAC address only") {
  auto text = nodes(
      "  - {name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01'}\n  - ^{name: 'n[2-4]', address: "
      "'10.0.0.[12-14]'}");
  auto finding = warned(text, "node.no_mac", "nodes[1]");
  CHECK(contains(finding.message, "n2 and 2 more nodes"));
  finding = warned(nodes("  - ^{name: n1, address: 10.0.0.11}"), "node.no_mac", "nodes[0]");
  CHECK(contains(finding.message, "n1 without"));
  accepted(text.with("server", "server: {name: server, address: 10.0.0.2, release: bookworm, dhcp: none}"));
}

TEST_CASE("a node_id is Kerrighed's alone") {
  accepted(beside("name: n2, " + rest));
  refused(beside("name: n2, " + rest + ", node_id: ^2"), "node.node_id_without_kerrighed",
          "nodes[1].node_id");
}

TEST_CASE("a list of names may not be empty") {
  auto reading = read_spec(ClusterText().marked(), "cluster.yaml");
  reading.spec.nodes[0].name.value->clear();
  auto findings = validate(reading.spec).diagnostics;
  REQUIRE_FALSE(findings.empty());
  CHECK(findings[0].code == "node.empty");
  CHECK(findings[0].key == "nodes[0].name");
}
