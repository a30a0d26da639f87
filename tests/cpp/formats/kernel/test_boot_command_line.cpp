#include "krgboot/config/load.hpp"
#include "krgboot/formats/kernel/boot_command_line.hpp"
#include "krgboot/formats/kernel/ip_config.hpp"
#include "krgboot/formats/kernel/kerrighed_parameters.hpp"

#include <string>

#include <fmt/format.h>

#include "catch.hpp"

using namespace krgboot;

namespace {

// A cluster with one node and one boot entry with the keys `boot`.
Cluster cluster_booting(const std::string& boot, const std::string& node = "",
                        const std::string& root = "ro") {
  return load_cluster(fmt::format(R"(
version: 1
cluster: {{name: mycluster, domain: mycluster.home}}
server: {{name: server, address: 192.168.0.2, release: bookworm}}
networks: [{{subnet: 192.168.0.0/24, router: 192.168.0.1}}]
images:
  kerrighed: {{path: /NFSROOT/kerrighed, release: bookworm, root: {}}}
boot:
  kerrighed: {{image: kerrighed, kernel: vmlinuz-2.6.30-krg3.0.0{}}}
default_boot: kerrighed
nodes:
  - {{name: ssi1, address: 192.168.0.101, mac: "52:54:00:12:34:01"{}}}
)",
                                  root, boot, node));
}

std::string line_of(const Cluster& cluster, bool for_node = false) {
  const auto* node = for_node ? &cluster.nodes().at(0) : nullptr;
  return render_command_line(cluster, cluster.boot().at(0), node).to_string();
}

}  // namespace

TEST_CASE("a kernel that mounts its root by itself") {
  auto cluster = cluster_booting("");
  CHECK(line_of(cluster) == "ip=dhcp root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed,nfsvers=3,tcp ro");
  CHECK(line_of(cluster_booting("", "", "rw")) ==
        "ip=dhcp root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed,nfsvers=3,tcp rw");
}

TEST_CASE("an initrd mounts the root") {
  CHECK(line_of(cluster_booting(", initrd: initrd.img")) ==
        "ip=dhcp boot=nfs root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed ro");
  CHECK(line_of(cluster_booting(", initrd: initrd.img, initramfs: dracut")) ==
        "ip=dhcp root=nfs:192.168.0.2:/NFSROOT/kerrighed ro");
}

TEST_CASE("order of the words") {
  auto cluster = cluster_booting(
      ", append: [quiet, \"console=ttyS0,115200\"], kerrighed: {session_id: 1, nb_nodes_min: 4}",
      ", append: [mem=2G, quiet]");
  const std::string shared =
      "ip=dhcp root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed,nfsvers=3,tcp ro session_id=1 "
      "autonodeid=1 "
      "nb_nodes_min=4 quiet console=ttyS0,115200";
  CHECK(line_of(cluster) == shared);
  CHECK(line_of(cluster, true) == shared + " mem=2G quiet");
}

TEST_CASE("a node id of its own") {
  auto cluster =
      cluster_booting(", kerrighed: {session_id: 7, autonodeid: false}", ", node_id: 3, append: [quiet]");
  CHECK(line_of(cluster, true) ==
        "ip=dhcp root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed,nfsvers=3,tcp ro session_id=7 "
        "autonodeid=0 "
        "node_id=3 quiet");
}

TEST_CASE("what a command line says is what the cluster says") {
  auto cluster = cluster_booting(", kerrighed: {session_id: 7, autonodeid: false}", ", node_id: 3");
  auto line = KernelCommandLine::from_string(line_of(cluster, true));
  auto root = find_nfs_root(line);
  REQUIRE(root);
  CHECK(root->consumer == Initramfs::none);
  CHECK(root->root == nfs_root_of(cluster, cluster.boot()[0]));
  auto kerrighed = find_kerrighed_parameters(line);
  CHECK(kerrighed.diagnostics.empty());
  CHECK(kerrighed.parameters == KerrighedParameters{7, false, 3, std::nullopt});
  REQUIRE(line.find("ip"));
  CHECK(IpConfig::from_string(*line.find("ip")->value()).autoconf == IpAutoconf::dhcp);
}

TEST_CASE("words of append stay one word each") {
  auto cluster = cluster_booting(R"yaml(, append: ["dyndbg=\"file a.c +p\"", "a=#{};$(x)", "à", "b=à"])yaml");
  auto line = render_command_line(cluster, cluster.boot()[0], nullptr);
  auto again = KernelCommandLine::from_string(line.to_string());
  CHECK(again == line);
  REQUIRE(again.parameters().size() == 8);
  CHECK(again.parameters()[4].value() == "file a.c +p");
  CHECK(again.parameters()[5].value() == "#{};$(x)");
  CHECK(again.parameters()[6].name() == "à");
  CHECK(again.parameters()[7].value() == "à");
}
