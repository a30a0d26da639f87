#include "krgboot/config/load.hpp"
#include "krgboot/formats/root_tree/fstab.hpp"

#include <string>

#include <fmt/format.h>

#include "catch.hpp"

using namespace krgboot;

namespace {

Cluster cluster_of_release(const std::string& release, const std::string& image, bool kerrighed) {
  return load_cluster(fmt::format(R"(
version: 1
cluster: {{name: mycluster, domain: mycluster.home}}
server: {{name: server, address: 192.168.0.2, release: bookworm}}
networks:
  - {{subnet: 192.168.0.0/24, router: 192.168.0.1}}
images:
  kerrighed: {{path: /NFSROOT/kerrighed, release: {}, {}}}
boot:
  kerrighed: {{image: kerrighed, kernel: vmlinuz{}}}
default_boot: kerrighed
nodes:
  - {{name: 'ssi[1-4]', address: '192.168.0.[101-104]'}}
)",
                                  release, image, kerrighed ? ", kerrighed: {session_id: 1}" : ""));
}

/// The block. Checks that reading it back gives the same mounts.
std::string fstab_block(const Cluster& cluster) {
  const auto& image = cluster.images()[0];
  auto text = fstab::render_block(cluster, image);
  auto table = fstab::FstabTable::parse(text);
  CHECK(table.diagnostics().empty());
  CHECK(fstab::check(table, release(image.release)).empty());
  std::vector<fstab::Mount> read;
  for (const auto& line : table.list()) read.push_back(line.mount);
  CHECK(read == fstab::image_mounts(cluster, image));
  return text;
}

}  // namespace

TEST_CASE("fstab of a read-only root of lenny, as the guide has it, its mistakes put right") {
  CHECK(
      fstab_block(cluster_of_release("lenny", "root: ro, writable: [/var, /tmp, /root, /home]", true)) ==
      R"(# images.kerrighed: the root is mounted before this file is read, and would be remounted read-write without its line.
192.168.0.2:/NFSROOT/kerrighed  /  nfs  ro,nolock  0 0
none  /proc  proc   defaults  0 0
none  /sys   sysfs  defaults  0 0
# Kerrighed's scheduler is configured here.
none  /config  configfs  defaults  0 0
# Written by all nodes. nolock: rpc.statd would keep each node's locks in /var/lib/nfs, which they share;
# so a lock holds on one node only.
192.168.0.2:/NFSROOT/kerrighed/var   /var   nfs  rw,hard,nolock  0 0
192.168.0.2:/NFSROOT/kerrighed/tmp   /tmp   nfs  rw,hard,nolock  0 0
192.168.0.2:/NFSROOT/kerrighed/root  /root  nfs  rw,hard,nolock  0 0
192.168.0.2:/NFSROOT/kerrighed/home  /home  nfs  rw,hard,nolock  0 0
# Process ids in here are each node's own.
none  /var/run  tmpfs  defaults,_netdev  0 0
)");
}

TEST_CASE("fstab of a read-write root of lenny") {
  CHECK(fstab_block(cluster_of_release("lenny", "root: rw", false)) ==
        R"(# images.kerrighed: the root is mounted before this file is read, and has no line here.
none  /proc  proc   defaults  0 0
none  /sys   sysfs  defaults  0 0
# Process ids in here are each node's own.
none  /var/run  tmpfs  defaults  0 0
)");
}

TEST_CASE("fstab of a read-only root under systemd") {
  CHECK(fstab_block(cluster_of_release("bookworm", "root: ro, writable: [/var, /home]", true)) ==
        R"(# images.kerrighed: the root is mounted before this file is read, and has no line here.
# Kerrighed's scheduler is configured here.
none  /config  configfs  defaults,nofail  0 0
# Written by all nodes. nolock: rpc.statd would keep each node's locks in /var/lib/nfs, which they share;
# so a lock holds on one node only.
192.168.0.2:/NFSROOT/kerrighed/var   /var   nfs  rw,hard,nolock,vers=3,_netdev  0 0
192.168.0.2:/NFSROOT/kerrighed/home  /home  nfs  rw,hard,nolock,vers=3,_netdev  0 0
)");
}

TEST_CASE("fstab of a read-only root under the sysvinit of today") {
  CHECK(
      fstab_block(cluster_of_release(
          "bookworm",
          "root: ro, packages: [sysvinit-core], writable: [/var, /home], tmpfs: [/tmp, /var/log, "
          "/variable]",
          true)) ==
      R"(# images.kerrighed: the root is mounted before this file is read, and would be remounted read-write without its line.
192.168.0.2:/NFSROOT/kerrighed  /  nfs  ro,nolock  0 0
# Kerrighed's scheduler is configured here.
none  /config  configfs  defaults  0 0
# Written by all nodes. nolock: rpc.statd would keep each node's locks in /var/lib/nfs, which they share;
# so a lock holds on one node only.
192.168.0.2:/NFSROOT/kerrighed/var   /var   nfs  rw,hard,nolock,vers=3  0 0
192.168.0.2:/NFSROOT/kerrighed/home  /home  nfs  rw,hard,nolock,vers=3  0 0
# Each node's own, in memory.
none  /tmp       tmpfs  mode=1777,nosuid,nodev          0 0
none  /var/log   tmpfs  mode=0755,nosuid,nodev,_netdev  0 0
none  /variable  tmpfs  mode=0755,nosuid,nodev          0 0
)");
  CHECK(fstab_block(cluster_of_release("bookworm", "root: rw, packages: [sysvinit-core], tmpfs: [/var/log]",
                                       false)) ==
        R"(# images.kerrighed: the root is mounted before this file is read, and has no line here.
# Each node's own, in memory.
none  /var/log  tmpfs  mode=0755,nosuid,nodev  0 0
)");
}

TEST_CASE("fstab of a read-write root under systemd has nothing to mount") {
  auto loaded = cluster_of_release("trixie", "root: rw", false);
  CHECK(fstab_block(loaded) ==
        "# images.kerrighed: the root is mounted before this file is read, and has no line here.\n");
  CHECK(fstab::image_mounts(loaded, loaded.images()[0]).empty());
}

TEST_CASE("the mounts of an image come from the boot server") {
  auto loaded = cluster_of_release("bookworm", "root: ro, writable: [/var]", false);
  auto mounts = fstab::image_mounts(loaded, loaded.images()[0]);
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].remote() == fstab::RemotePath{"192.168.0.2", "/NFSROOT/kerrighed/var"});
}
