#include "krgboot/config/load.hpp"

#include <string>
#include <string_view>

#include "catch.hpp"

using namespace krgboot;

namespace {

// The sample from the description of the format; it contains every section.
constexpr std::string_view sample = R"(version: 1
cluster: {name: mycluster, domain: mycluster.home}

server:
  name: server
  address: 192.168.0.2            # DHCP next-server, TFTP, NFS
  release: bookworm
  tftp_root: /srv/tftp
  dhcp: isc
  tftp: tftpd-hpa
  nfs: kernel

networks:
  - subnet: 192.168.0.0/24
    router: 192.168.0.1
    dns: [123.123.123.123, 124.124.124.124]
    ntp: [ntp.network.net]
    pool: {first: 192.168.0.150, last: 192.168.0.199, host_prefix: krgnode}
    unknown_clients: allow

images:
  kerrighed:
    path: /NFSROOT/kerrighed
    release: bookworm
    root: ro
    writable: [/var, /tmp, /root, /home]
    components: [main]
    packages: [nfs-common, openssh-server]
    users: [{name: krg, password_hash: "$6$..."}]
    locale: C

boot:
  kerrighed:
    image: kerrighed
    kernel: vmlinuz-2.6.30-krg3.0.0
    initrd: initrd.img-2.6.30-krg3.0.0
    append: [quiet]
    kerrighed: {session_id: 1, autonodeid: true}

default_boot: kerrighed

nodes:
  - name: ssi[1-4]
    address: 192.168.0.[101-104]
    mac: 52:54:00:12:34:[01-04]
    boot: kerrighed
    boot_file: address
    append: [mem=2G]
)";

}  // namespace

TEST_CASE("read_spec reads the sample of the format") {
  auto [spec, diagnostics] = read_spec(sample, "cluster.yaml");
  CHECK(to_string(diagnostics) == "");
  CHECK(spec.file == "cluster.yaml");
  CHECK(spec.version.value == 1);
  CHECK(spec.name.value == "mycluster");
  CHECK((spec.name.at == Position{2, 17}));
  CHECK(spec.domain->to_string() == "mycluster.home");

  CHECK(spec.server.at == (Position{4, 1}));
  CHECK(spec.server.name->to_string() == "server");
  CHECK(spec.server.address.value == Ipv4Address::from_string("192.168.0.2"));
  CHECK(spec.server.address.at == (Position{6, 12}));
  CHECK(spec.server.release.value == ReleaseName::bookworm);
  CHECK(spec.server.tftp_root.value == "/srv/tftp");
  CHECK(spec.server.dhcp.value == "isc");
  CHECK(spec.server.tftp.value == "tftpd-hpa");
  CHECK(spec.server.nfs.value == "kernel");
  CHECK_FALSE(spec.server.extra);

  REQUIRE(spec.networks.size() == 1);
  const auto& network = spec.networks[0];
  CHECK(network.at == (Position{14, 5}));
  CHECK(network.subnet->to_string() == "192.168.0.0/24");
  CHECK(network.router->to_string() == "192.168.0.1");
  REQUIRE(network.dns->size() == 2);
  CHECK(network.dns->at(1).value.to_string() == "124.124.124.124");
  CHECK(network.dns->at(1).at == (Position{16, 28}));
  CHECK(network.ntp->at(0).value == "ntp.network.net");
  CHECK(network.pool->first->to_string() == "192.168.0.150");
  CHECK(network.pool->last->to_string() == "192.168.0.199");
  CHECK(network.pool->host_prefix->to_string() == "krgnode");
  CHECK(network.pool.at == (Position{18, 5}));
  CHECK(network.unknown_clients.value == true);

  REQUIRE(spec.images.size() == 1);
  const auto& image = spec.images[0];
  CHECK(image.name == "kerrighed");
  CHECK(image.at == (Position{22, 3}));
  CHECK(image.path.value == "/NFSROOT/kerrighed");
  CHECK(image.release.value == ReleaseName::bookworm);
  CHECK(image.root.value == RootMode::ro);
  REQUIRE(image.writable->size() == 4);
  CHECK(image.writable->at(3).value.path.value == "/home");
  CHECK(image.components->at(0).value == "main");
  CHECK(image.packages->at(1).value == "openssh-server");
  CHECK(image.users->at(0).value.name.value == "krg");
  CHECK(image.users->at(0).value.password_hash.value == "$6$...");
  CHECK(image.locale.value == "C");
  CHECK_FALSE(image.mirror);
  CHECK_FALSE(image.clients);

  REQUIRE(spec.boot.size() == 1);
  const auto& boot = spec.boot[0];
  CHECK(boot.name == "kerrighed");
  CHECK(boot.image.value == "kerrighed");
  CHECK(boot.kernel.value == "vmlinuz-2.6.30-krg3.0.0");
  CHECK(boot.initrd.value == "initrd.img-2.6.30-krg3.0.0");
  CHECK_FALSE(boot.initramfs);
  CHECK(boot.append->at(0).value == "quiet");
  CHECK(boot.kerrighed->session_id.value == 1);
  CHECK(boot.kerrighed->autonodeid.value == true);
  CHECK_FALSE(boot.kerrighed->nb_nodes_min);

  CHECK(spec.default_boot.value == "kerrighed");

  REQUIRE(spec.nodes.size() == 1);
  const auto& node = spec.nodes[0];
  CHECK(node.at == (Position{43, 5}));
  CHECK(node.name->at(0).value == "ssi[1-4]");
  CHECK(node.address->at(0).value == "192.168.0.[101-104]");
  CHECK(node.mac->at(0).value == "52:54:00:12:34:[01-04]");
  CHECK_FALSE(node.uuid);
  CHECK_FALSE(node.node_id);
  CHECK(node.boot.value == "kerrighed");
  CHECK(node.boot_file.value == BootFileKind::address);
  CHECK(node.append->at(0).value == "mem=2G");
}

TEST_CASE("read_spec reads every other key and value") {
  auto [spec, diagnostics] = read_spec(R"(version: 1
cluster: {name: c, domain: example.org}
server:
  name: server
  address: 10.0.0.1
  release: lenny
  dhcp: none
  tftp: none
  nfs: none
  extra: ["option time-offset 3600;", ""]
networks:
  - subnet: 10.0.0.0/24
    unknown_clients: deny
    extra: ["max-lease-time 7200;"]
images:
  second:
    path: /b
    release: trixie
    root: rw
    mirror: http://mirror.example.org/debian
    clients: [10.0.0.0/24]
  first: {path: /a, release: lenny}
boot:
  z: {image: first, kernel: k, initrd: i, initramfs: dracut, extra: [TEXT HELP]}
  w: {image: first, kernel: k, initramfs: none}
  x: {image: first, kernel: k, initrd: i, initramfs: initramfs-tools, kerrighed: {session_id: 2, nb_nodes_min: 4}}
nodes:
  - {name: a, address: 10.0.0.2, boot_file: mac}
  - {name: b, address: 10.0.0.3, boot_file: uuid, uuid: 564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e4f, node_id: 7}
)");
  CHECK(to_string(diagnostics) == "");
  CHECK(spec.server.release.value == ReleaseName::lenny);
  CHECK(spec.server.dhcp.value == no_program);
  CHECK(spec.server.tftp.value == no_program);
  CHECK(spec.server.nfs.value == no_program);
  REQUIRE(spec.server.extra->size() == 2);
  CHECK(spec.server.extra->at(0).value == "option time-offset 3600;");
  CHECK(spec.server.extra->at(1).value == "");
  CHECK_FALSE(spec.server.tftp_root);
  CHECK(spec.networks.at(0).unknown_clients.value == false);
  CHECK(spec.networks.at(0).extra->at(0).value == "max-lease-time 7200;");
  CHECK_FALSE(spec.networks.at(0).pool);

  REQUIRE(spec.images.size() == 2);
  CHECK(spec.images[0].name == "second");
  CHECK(spec.images[0].release.value == ReleaseName::trixie);
  CHECK(spec.images[0].root.value == RootMode::rw);
  CHECK(spec.images[0].mirror.value == "http://mirror.example.org/debian");
  CHECK(spec.images[0].clients->at(0).value == "10.0.0.0/24");
  CHECK(spec.images[1].name == "first");

  REQUIRE(spec.boot.size() == 3);
  CHECK(spec.boot[0].name == "z");
  CHECK(spec.boot[0].initramfs.value == Initramfs::dracut);
  CHECK(spec.boot[0].extra->at(0).value == "TEXT HELP");
  CHECK_FALSE(spec.boot[0].kerrighed);
  CHECK(spec.boot[1].initramfs.value == Initramfs::none);
  CHECK(spec.boot[2].initramfs.value == Initramfs::initramfs_tools);
  CHECK(spec.boot[2].kerrighed->nb_nodes_min.value == 4);
  CHECK_FALSE(spec.boot[2].kerrighed->autonodeid);
  CHECK_FALSE(spec.default_boot);

  REQUIRE(spec.nodes.size() == 2);
  CHECK(spec.nodes[0].boot_file.value == BootFileKind::mac);
  CHECK(spec.nodes[1].boot_file.value == BootFileKind::uuid);
  CHECK(spec.nodes[1].uuid->at(0).value == "564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e4f");
  CHECK(spec.nodes[1].node_id->at(0).value == "7");
}
