#include "krgboot/base/error.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/formats/dhcp/isc/answer.hpp"
#include "krgboot/formats/dhcp/isc/render.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <string>

#include "catch.hpp"
#include "texts.hpp"

using namespace krgboot;
using krgboot::test::contains;
using krgboot::test::replaced;

namespace {

constexpr auto cluster_text = R"(version: 1
cluster: {name: mycluster, domain: mycluster.home}
server: {name: server, address: 192.168.0.2, release: bookworm, tftp_root: /srv/tftp}
networks:
  - subnet: 192.168.0.0/24
    router: 192.168.0.1
    dns: [123.123.123.123, 124.124.124.124]
    ntp: [ntp.network.net]
    pool: {first: 192.168.0.150, last: 192.168.0.199, host_prefix: krgnode}
    unknown_clients: allow
images:
  kerrighed: {path: /NFSROOT/kerrighed, release: bookworm, root: ro}
  other: {path: /NFSROOT/other, release: bookworm, root: ro}
boot:
  kerrighed: {image: kerrighed, kernel: vmlinuz, initrd: initrd.img}
  console: {image: kerrighed, kernel: vmlinuz, initrd: initrd.img}
  other: {image: other, kernel: vmlinuz, initrd: initrd.img}
default_boot: kerrighed
)";

constexpr auto nodes_text = R"(nodes:
  - {name: "ssi[1-2]", address: "192.168.0.[101-102]", mac: "52:54:00:12:34:[01-02]"}
  - {name: ssi3, address: 192.168.0.103, mac: 52:54:00:12:34:03, boot: console}
  - {name: ssi4, address: 192.168.0.104, mac: 52:54:00:12:34:04, boot: other}
  - {name: ssi5, address: 192.168.0.105}
)";

std::string rendered_conf(const std::string& yaml) {
  return dhcpd::render(load_cluster(yaml));
}

dhcpd::Answer answer_to(const std::string& conf, const char* mac, const char* address = nullptr) {
  dhcpd::Configuration configuration(conf, "krgboot.conf", nullptr);
  REQUIRE(to_string(configuration.diagnostics()) == "");
  auto client = dhcpd::pxe_client(MacAddress::from_string(mac));
  if (address) client.address = Ipv4Address::from_string(address);
  return configuration.answer(client);
}

}  // namespace

TEST_CASE("the guide's cluster") {
  CHECK(rendered_conf(std::string(cluster_text) + nodes_text) ==
        R"(# Written by krgboot from cluster.yaml (cluster "mycluster"); do not edit: it is overwritten.
# dhcpd.conf includes this file. Change cluster.yaml instead, or use its keys `extra`.

group {
  option dhcp-max-message-size 2048;
  use-host-decl-names on;
  deny bootp;
  # cluster.yaml: cluster.domain
  option domain-name "mycluster.home";
  # cluster.yaml: server.address; the boot loader is fetched from there
  next-server 192.168.0.2;
  filename "pxelinux.0";
  # cluster.yaml: default_boot, the image "kerrighed" of boot."kerrighed"
  option root-path "/NFSROOT/kerrighed";

  # cluster.yaml: networks[0]
  subnet 192.168.0.0 netmask 255.255.255.0 {
    option routers 192.168.0.1;
    option broadcast-address 192.168.0.255;
    option domain-name-servers 123.123.123.123, 124.124.124.124;
    option ntp-servers ntp.network.net;
    default-lease-time 604800; max-lease-time 604800;
    # cluster.yaml: networks[0].pool, networks[0].unknown_clients
    pool {
      range 192.168.0.150 192.168.0.199;
      allow unknown-clients;
      ignore-client-uids true;
      option host-name = concat("krgnode", binary-to-ascii(10, 8, ".", substring(leased-address, 3, 1)));
    }
  }

  # cluster.yaml: nodes[0]
  host ssi1 { hardware ethernet 52:54:00:12:34:01; fixed-address 192.168.0.101; }
  host ssi2 { hardware ethernet 52:54:00:12:34:02; fixed-address 192.168.0.102; }

  # cluster.yaml: nodes[1]
  host ssi3 { hardware ethernet 52:54:00:12:34:03; fixed-address 192.168.0.103; }

  # cluster.yaml: nodes[2]
  host ssi4 { hardware ethernet 52:54:00:12:34:04; fixed-address 192.168.0.104; option root-path "/NFSROOT/other"; }

  # cluster.yaml: nodes[3]
  # ssi5 (192.168.0.105) has no mac: dhcpd cannot recognise it.
}
)");
}

TEST_CASE("the same cluster gives the same bytes") {
  auto yaml = std::string(cluster_text) + nodes_text;
  CHECK(rendered_conf(yaml) == rendered_conf(yaml));
}

TEST_CASE("what the rendered file answers is what the spec says") {
  auto conf = rendered_conf(std::string(cluster_text) + nodes_text);
  auto ssi2 = answer_to(conf, "52:54:00:12:34:02");
  REQUIRE(ssi2.offered);
  CHECK(ssi2.address == Ipv4Address::from_string("192.168.0.102"));
  CHECK(ssi2.host_name() == "ssi2");
  CHECK(ssi2.domain_name() == "mycluster.home");
  CHECK(ssi2.next_server() == Ipv4Address::from_string("192.168.0.2"));
  CHECK(ssi2.filename() == "pxelinux.0");
  CHECK(ssi2.root_path() == "/NFSROOT/kerrighed");
  CHECK(ssi2.routers() == std::vector{Ipv4Address::from_string("192.168.0.1")});
  CHECK(ssi2.text("option domain-name-servers") == "123.123.123.123, 124.124.124.124");
  CHECK(ssi2.text("option broadcast-address") == "192.168.0.255");
  CHECK(ssi2.text("option subnet-mask") == "255.255.255.0");

  CHECK(answer_to(conf, "52:54:00:12:34:04").root_path() == "/NFSROOT/other");

  auto guest = answer_to(conf, "52:54:00:99:99:99", "192.168.0.177");
  REQUIRE(guest.offered);
  CHECK(guest.from_pool());
  CHECK(guest.host_name() == "krgnode177");
  CHECK(guest.root_path() == "/NFSROOT/kerrighed");
}

TEST_CASE("a pool knows its machines by their hardware alone, where dhcpd can") {
  const std::string words = "      ignore-client-uids true;\n";
  CHECK(contains(rendered_conf(cluster_text), words));
  // lenny's dhcp3-server would not start with it.
  CHECK_FALSE(contains(dhcpd::render(load_cluster(cluster_text), {.ignores_client_uids = false}),
                       "ignore-client-uids"));
  // Listed nodes have fixed addresses.
  CHECK_FALSE(
      contains(rendered_conf(replaced(std::string(cluster_text) + nodes_text,
                                      "    pool: {first: 192.168.0.150, last: 192.168.0.199, host_prefix: "
                                      "krgnode}\n",
                                      "")),
               "ignore-client-uids"));
}

TEST_CASE("Pool::host_name says what dhcpd computes") {
  auto cluster = load_cluster(cluster_text);
  const auto& pool = *cluster.networks()[0].pool;
  auto address = Ipv4Address::from_string("192.168.0.150");
  auto conf = dhcpd::render(cluster);
  CHECK(pool.host_name(address) == "krgnode150");
  CHECK(answer_to(conf, "52:54:00:99:99:99", "192.168.0.150").host_name() == "krgnode150");
  CHECK(Pool{pool.range, std::nullopt}.host_name(address) == std::nullopt);
}

TEST_CASE("unknown clients are denied in the pool, and there only") {
  auto conf =
      rendered_conf(replaced(cluster_text, "unknown_clients: allow", "unknown_clients: deny") + nodes_text);
  CHECK(contains(conf, "      deny unknown-clients;\n"));
  CHECK_FALSE(contains(conf, "allow unknown-clients"));
  auto guest = answer_to(conf, "52:54:00:99:99:99");
  CHECK_FALSE(guest.offered);
  CHECK(guest.reason == "no pool of the network admits this unknown machine");
  CHECK(answer_to(conf, "52:54:00:12:34:01").offered);
}

TEST_CASE("a network without anything still gets its subnet") {
  auto yaml = replaced(cluster_text, "images:", "  - subnet: 10.0.0.0/31\nimages:");
  auto conf = rendered_conf(yaml);
  CHECK(contains(conf, "  # cluster.yaml: networks[1]\n  subnet 10.0.0.0 netmask 255.255.255.254 {\n  }\n"));
}

TEST_CASE("without default_boot only hosts have a root-path") {
  auto conf =
      rendered_conf(replaced(cluster_text, "default_boot: kerrighed\n", "") +
                    "nodes:\n  - {name: a, address: 192.168.0.9, mac: 52:54:00:12:34:09, boot: console}\n");
  CHECK(answer_to(conf, "52:54:00:12:34:09").root_path() == "/NFSROOT/kerrighed");
  CHECK(answer_to(conf, "52:54:00:99:99:99").root_path() == "");
}

TEST_CASE("extra lines stand where the spec puts them") {
  auto yaml = replaced(cluster_text, "tftp_root: /srv/tftp}",
                       R"(tftp_root: /srv/tftp, extra: ["authoritative;", "option x code 200 = text;"]})");
  yaml = replaced(yaml, "    unknown_clients: allow", "    extra: [\"default-lease-time 600;\", \"# why\"]");
  auto conf = rendered_conf(yaml);
  CHECK(contains(conf,
                 "\n# cluster.yaml: server.extra\nauthoritative;\noption x code 200 = text;\n\ngroup {\n"));
  CHECK(contains(
      conf,
      "    # cluster.yaml: networks[0].extra\n    default-lease-time 600;\n    # why\n    # cluster.yaml"));
  CHECK(answer_to(conf, "52:54:00:99:99:99").text("default-lease-time") == "600");
}

TEST_CASE("a time server's name that dhcpd would take for an address") {
  CHECK(contains(rendered_conf(replaced(cluster_text, "ntp.network.net", "0.pool.ntp.org, 10.0.0.1")),
                 "option ntp-servers 0.pool.ntp.org, 10.0.0.1;"));
  CHECK(contains(rendered_conf(replaced(cluster_text, "ntp.network.net", "0.1.ntp.org")),
                 "option ntp-servers = gethostbyname(\"0.1.ntp.org\");"));
  CHECK(contains(rendered_conf(replaced(cluster_text, "ntp.network.net", "0.1.ntp.org, 10.0.0.1")),
                 "option ntp-servers = concat(gethostbyname(\"0.1.ntp.org\"), 0a:00:00:01);"));
}

TEST_CASE("names that look like something else stay names") {
  auto yaml = std::string(cluster_text) +
              "nodes:\n"
              "  - {name: group, address: 192.168.0.9, mac: 52:54:00:12:34:09}\n"
              "  - {name: \"1e5\", address: 192.168.0.10, mac: 52:54:00:12:34:0a}\n";
  auto conf = rendered_conf(yaml);
  CHECK(answer_to(conf, "52:54:00:12:34:09").host_name() == "group");
  CHECK(answer_to(conf, "52:54:00:12:34:0a").host_name() == "1e5");
}

TEST_CASE("a large cluster is still one line a host") {
  auto yaml =
      replaced(cluster_text, "192.168.0.0/24", "192.168.0.0/16") +
      "nodes:\n"
      "  - {name: \"n[1-500]\", address: \"192.168.[2-3].[1-250]\", mac: \"52:54:00:12:[01-02]:[01-fa]\"}\n";
  auto conf = rendered_conf(yaml);
  std::size_t lines = 0;
  for (auto at = conf.find("\n  host "); at != std::string::npos; at = conf.find("\n  host ", at + 1))
    ++lines;
  CHECK(lines == 500);
  CHECK(answer_to(conf, "52:54:00:12:02:fa").address == Ipv4Address::from_string("192.168.3.250"));
}
