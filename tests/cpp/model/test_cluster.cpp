#include "krgboot/model/cluster.hpp"
#include "krgboot/services/services.hpp"

#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

std::string shown(const std::vector<Ipv4Range>& ranges) {
  std::string text;
  for (const auto& range : ranges) {
    text += (text.empty() ? "" : " ") + range.first.to_string();
    if (range.first != range.last) text += "-" + range.last.to_string();
  }
  return text;
}

/// Two images, four entries, and nodes that differ from the default in every possible way.
const char* const varied = R"(version: 1
cluster: {name: lab, domain: lab.home}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks:
  - {subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.14, last: 10.0.0.20, host_prefix: guest}}
  - {subnet: 10.0.1.0/24, router: 10.0.1.1}
images:
  debian: {path: /srv/nfs/debian, release: bookworm}
  krg: {path: /srv/nfs/krg, release: lenny, root: rw}
  unused: {path: /srv/nfs/unused, release: trixie}
boot:
  debian: {image: debian, kernel: vmlinuz}
  serial: {image: debian, kernel: vmlinuz, append: ["console=ttyS0"]}
  krg: {image: krg, kernel: vmlinuz, kerrighed: {session_id: 1, autonodeid: false}}
default_boot: debian
nodes:
  - {name: "plain[1-3]", address: "10.0.0.[11-13]", mac: "52:54:00:00:00:[01-03]"}
  - {name: same, address: 10.0.1.11, mac: "52:54:00:00:00:04", boot: debian}
  - {name: other, address: 10.0.1.12, mac: "52:54:00:00:00:05", boot: serial, boot_file: mac}
  - {name: words, address: 10.0.1.13, mac: "52:54:00:00:00:06", append: ["mem=2G"], boot_file: uuid,
     uuid: 564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e01}
  - {name: krg, address: 10.0.1.15, mac: "52:54:00:00:00:07", boot: krg, node_id: 15}
)";

Cluster varied_cluster() {
  auto validation = judge(varied);
  INFO(to_string(validation.diagnostics));
  REQUIRE(validation.cluster);
  return *std::move(validation.cluster);
}

const Node& node(const Cluster& cluster, const std::string& name) {
  const auto* found = cluster.find_node(HostName::from_string(name));
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("a cluster holds what its spec says") {
  auto cluster = varied_cluster();
  CHECK(cluster.name() == "lab");
  CHECK(cluster.domain().to_string() == "lab.home");
  CHECK(cluster.server().name.to_string() == "server");
  CHECK(cluster.server().address.to_string() == "10.0.0.2");
  CHECK(cluster.server_release().codename == "bookworm");

  REQUIRE(cluster.networks().size() == 2);
  const auto& network = cluster.networks()[0];
  CHECK(network.subnet.to_string() == "10.0.0.0/24");
  CHECK(network.router == Ipv4Address::from_string("10.0.0.1"));
  REQUIRE(network.pool);
  CHECK(shown({network.pool->range}) == "10.0.0.14-10.0.0.20");
  CHECK(network.pool->host_prefix == HostName::from_string("guest"));
  CHECK_FALSE(cluster.networks()[1].pool);

  REQUIRE(cluster.images().size() == 3);
  CHECK(cluster.images()[1].name == "krg");
  CHECK(cluster.images()[1].path == "/srv/nfs/krg");
  CHECK(cluster.images()[1].release == ReleaseName::lenny);
  CHECK(cluster.images()[1].root == RootMode::rw);

  REQUIRE(cluster.boot().size() == 3);
  CHECK(cluster.default_boot() == 0U);
  CHECK(cluster.boot()[2].kerrighed->session_id == 1);
  CHECK_FALSE(cluster.boot()[2].kerrighed->autonodeid);
  CHECK(cluster.image_of(cluster.boot()[2]).name == "krg");
  CHECK(cluster.boot()[1].append == Texts{"console=ttyS0"});

  REQUIRE(cluster.nodes().size() == 7);
  const auto& second = cluster.nodes()[1];
  CHECK(second.name.to_string() == "plain2");
  CHECK(second.address.to_string() == "10.0.0.12");
  CHECK(second.mac->to_string() == "52:54:00:00:00:02");
  CHECK(second.entry == 0);
  CHECK(second.network == 0);
  CHECK(cluster.boot_of(second).name == "debian");
  CHECK(node(cluster, "krg").node_id == 15);
  CHECK(node(cluster, "krg").network == 1);
  CHECK(node(cluster, "krg").entry == 4);
  CHECK(node(cluster, "words").append == Texts{"mem=2G"});
}

TEST_CASE("what the spec leaves out is as the reference says") {
  auto cluster = accepted(ClusterText());
  CHECK(cluster.server().tftp_root == "/srv/tftp");
  CHECK(cluster.server().dhcp == "isc");
  CHECK(cluster.server().tftp == "tftpd-hpa");
  CHECK(cluster.server().nfs == "kernel");
  CHECK(cluster.server().extra.empty());
  CHECK(cluster.networks()[0].unknown_clients_allowed);
  CHECK(cluster.networks()[0].dns.empty());
  CHECK(cluster.images()[0].root == RootMode::ro);
  CHECK(cluster.images()[0].writable.empty());
  CHECK(cluster.images()[0].components == Texts{"main"});
  CHECK(cluster.images()[0].locale == "C");
  CHECK_FALSE(cluster.images()[0].mirror);
  CHECK_FALSE(cluster.images()[0].clients);
  CHECK(cluster.boot()[0].initramfs == Initramfs::none);
  CHECK_FALSE(cluster.boot()[0].kerrighed);
  CHECK(cluster.nodes()[0].boot_file == BootFileKind::address);
  auto kerrighed =
      accepted(ClusterText()
                   .with("boot", "boot: {krg: {image: debian, kernel: k, kerrighed: {session_id: 7}}}")
                   .with("default_boot", "default_boot: krg"));
  CHECK(kerrighed.boot()[0].kerrighed->autonodeid);
}

TEST_CASE("lists of the spec keep their order") {
  auto cluster = accepted(ClusterText()
                              .with("server",
                                    "server: {name: s, address: 10.0.0.2, release: lenny, dhcp: none, tftp: "
                                    "none, nfs: none, extra: ['b;', 'a;']}")
                              .with("networks",
                                    "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, dns: [9.9.9.9, "
                                    "1.1.1.1], ntp: [b, a], extra: ['d;', 'c;']}]")
                              .with("images",
                                    "images: {debian: {path: /d, release: trixie, writable: [/var, /home], "
                                    "mirror: 'http://mirror.example.org/debian', "
                                    "components: [non-free, main], packages: [zz, aa], users: [{name: root, "
                                    "password_hash: '!'}], locale: de_DE.UTF-8, "
                                    "clients: [10.0.0.0/24]}}")
                              .with("boot",
                                    "boot: {debian: {image: debian, kernel: k, initrd: i, initramfs: dracut, "
                                    "append: [b, a], extra: ['MENU HIDE']}}"));
  CHECK(cluster.server().dhcp == no_program);
  CHECK(cluster.server().tftp == no_program);
  CHECK(cluster.server().nfs == no_program);
  CHECK(cluster.server().extra == Texts{"b;", "a;"});
  CHECK(cluster.networks()[0].dns.front() == Ipv4Address::from_string("9.9.9.9"));
  CHECK(cluster.networks()[0].ntp == Texts{"b", "a"});
  CHECK(cluster.networks()[0].extra == Texts{"d;", "c;"});
  const auto& image = cluster.images()[0];
  CHECK(image.release == ReleaseName::trixie);
  REQUIRE(image.writable.size() == 2);
  CHECK(image.writable[0].path == "/var");
  CHECK(image.writable[1].path == "/home");
  CHECK(image.mirror == "http://mirror.example.org/debian");
  CHECK(image.components == Texts{"non-free", "main"});
  CHECK(image.packages == Texts{"zz", "aa"});
  REQUIRE(image.users.size() == 1);
  CHECK(image.users[0].name == "root");
  CHECK(image.users[0].password_hash == "!");
  CHECK(image.locale == "de_DE.UTF-8");
  CHECK(image.clients == Texts{"10.0.0.0/24"});
  CHECK(cluster.boot()[0].initrd == "i");
  CHECK(cluster.boot()[0].append == Texts{"b", "a"});
  CHECK(cluster.boot()[0].extra == Texts{"MENU HIDE"});
}

TEST_CASE("nodes and images are found by name") {
  auto cluster = varied_cluster();
  CHECK(cluster.find_node(HostName::from_string("PLAIN3")) == &cluster.nodes()[2]);
  CHECK(cluster.find_node(HostName::from_string("plain4")) == nullptr);
  CHECK(cluster.find_image("krg") == &cluster.images()[1]);
  CHECK(cluster.find_image("KRG") == nullptr);
  auto copy = cluster;
  CHECK(copy.find_node(HostName::from_string("plain3")) == &copy.nodes()[2]);
}

TEST_CASE("a node has a boot file of its own only where the default would not do") {
  auto cluster = varied_cluster();
  CHECK_FALSE(cluster.needs_own_boot_file(node(cluster, "plain1")));
  CHECK_FALSE(cluster.needs_own_boot_file(node(cluster, "same")));
  CHECK(cluster.needs_own_boot_file(node(cluster, "other")));
  CHECK(cluster.needs_own_boot_file(node(cluster, "words")));
  CHECK(cluster.needs_own_boot_file(node(cluster, "krg")));
}

TEST_CASE("without a default every node has a boot file of its own") {
  auto cluster = accepted(
      ClusterText()
          .with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]")
          .with("default_boot", "")
          .with("nodes", "nodes: [{name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01', boot: debian}]"));
  CHECK_FALSE(cluster.default_boot());
  CHECK(cluster.needs_own_boot_file(cluster.nodes()[0]));
}

TEST_CASE("a node_id makes a boot file needed where the default boots the same") {
  auto cluster = accepted(
      ClusterText()
          .with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]")
          .with("boot",
                "boot: {krg: {image: debian, kernel: k, kerrighed: {session_id: 1, autonodeid: false}}}")
          .with("default_boot", "default_boot: krg")
          .with("nodes", "nodes: [{name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01', node_id: 1}]"));
  CHECK(cluster.needs_own_boot_file(cluster.nodes()[0]));
}

TEST_CASE("a boot file goes by address, MAC address or UUID") {
  auto cluster = varied_cluster();
  CHECK(boot_file_name(cluster, node(cluster, "krg")) == "0A00010F");
  CHECK(boot_file_name(cluster, node(cluster, "other")) == "01-52-54-00-00-00-05");
  CHECK(boot_file_name(cluster, node(cluster, "words")) == "564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e01");
}

TEST_CASE("the addresses of an image are those of its nodes, and of the pools that boot it") {
  auto addresses = varied_cluster().addresses_by_image();
  REQUIRE(addresses.size() == 3);
  // The nodes at .11 to .13 and the pool from .14 form one range.
  CHECK(shown(addresses[0]) == "10.0.0.11-10.0.0.20 10.0.1.11-10.0.1.13");
  CHECK(shown(addresses[1]) == "10.0.1.15");
  CHECK(addresses[2].empty());
}

TEST_CASE("a pool boots nothing where unknown machines are denied, or nothing is the default") {
  auto addresses = [](const std::string& pool, const std::string& default_boot) {
    auto text =
        ClusterText()
            .with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, " + pool + "}]")
            .with("default_boot", default_boot)
            .with("nodes", "nodes: [{name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01', boot: debian}]");
    auto validation = judge(text.marked());
    REQUIRE(validation.cluster);
    return shown(validation.cluster->addresses_by_image().at(0));
  };
  const std::string pool = "pool: {first: 10.0.0.200, last: 10.0.0.201}";
  CHECK(addresses(pool, "default_boot: debian") == "10.0.0.11 10.0.0.200-10.0.0.201");
  CHECK(addresses(pool + ", unknown_clients: deny", "default_boot: debian") == "10.0.0.11");
  CHECK(addresses(pool, "") == "10.0.0.11");
}

TEST_CASE("a cluster remembers its warnings") {
  auto text = ClusterText().with("networks", "networks: [{subnet: 10.0.0.0/24}]");
  auto validation = judge(text.marked());
  REQUIRE(validation.cluster);
  CHECK(codes(validation.cluster->warnings()) == Texts{"network.no_router"});
  CHECK(validation.cluster->warnings() == validation.diagnostics);
}
