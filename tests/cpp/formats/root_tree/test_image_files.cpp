// Files of an image that krgboot renders as a whole or as a block.

#include "krgboot/config/load.hpp"
#include "krgboot/formats/root_tree/apt_sources.hpp"
#include "krgboot/formats/root_tree/fstab.hpp"
#include "krgboot/formats/root_tree/initramfs_conf.hpp"
#include "krgboot/formats/root_tree/kerrighed_tools.hpp"
#include "krgboot/formats/root_tree/node_name.hpp"
#include "krgboot/formats/root_tree/resolv_conf.hpp"
#include "krgboot/formats/root_tree/ssh_host_keys.hpp"

#include "catch.hpp"

using namespace krgboot;

namespace {

Cluster cluster_of_image(const std::string& image,
                         const std::string& networks =
                             "[{subnet: 10.0.0.0/24, dns: [10.0.0.1, 10.0.0.9]}, "
                             "{subnet: 10.1.0.0/24, dns: [10.1.0.1]}]",
                         const std::string& nodes = "[{name: n1, address: 10.0.0.3}]") {
  return load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: )" + networks +
                      R"(
images: {a: {path: /nfsroot/a, )" +
                      image + R"(}}
boot: {a: {image: a, kernel: vmlinuz}}
default_boot: a
nodes: )" + nodes + "\n");
}

std::optional<std::string> sources(const std::string& image) {
  return apt::render_sources(cluster_of_image(image).images()[0]);
}

}  // namespace

TEST_CASE("apt's sources are those of the mirror, its suites and components, then security") {
  CHECK(
      sources("release: bookworm, mirror: \"http://mirror.example.org/debian\", components: [main, contrib], "
              "security_mirror: \"http://mirror.example.org/debian-security\"") ==
      "# Written by krgboot from images.a: changes belong there.\n"
      "deb http://mirror.example.org/debian bookworm main contrib\n"
      "deb http://mirror.example.org/debian bookworm-updates main contrib\n"
      "deb http://mirror.example.org/debian-security bookworm-security main contrib\n");
  CHECK(sources("release: trixie, mirror: \"http://mirror.example.org/debian\", suites: [trixie], trust: "
                "anything") ==
        "# Written by krgboot from images.a: changes belong there.\n"
        "deb [trusted=yes check-valid-until=no] http://mirror.example.org/debian trixie main\n");
  // lenny's apt knows no options in sources.list.
  CHECK(sources("release: lenny, mirror: \"http://mirror.example.org/debian\", trust: anything, "
                "security_mirror: \"http://mirror.example.org/security\"") ==
        "# Written by krgboot from images.a: changes belong there.\n"
        "deb http://mirror.example.org/debian lenny main\n"
        "deb http://mirror.example.org/security lenny/updates main\n");
  CHECK_FALSE(sources("release: bookworm"));
  CHECK_FALSE(sources("release: bookworm, mirror: \"file:///srv/mirror\""));
}

TEST_CASE("apt is told to trust what is not signed only where the spec says so") {
  auto conf = [](const std::string& image) { return apt::render_conf(cluster_of_image(image).images()[0]); };
  CHECK_FALSE(conf("release: lenny"));
  CHECK_FALSE(conf("release: lenny, trust: signature"));
  CHECK_FALSE(conf("release: bookworm, trust: anything"));
  REQUIRE(conf("release: lenny, trust: anything"));
  CHECK(conf("release: lenny, trust: anything")->find("AllowUnauthenticated \"true\";\n") !=
        std::string::npos);
}

TEST_CASE("name servers are those of the networks that boot the image, each once, three at most") {
  auto render = [](const Cluster& of) { return resolv_conf::render(of, of.images()[0]); };
  auto head = std::string(
      "# Written by krgboot from networks[].dns: changes belong there.\nsearch lab.example.org\n");
  CHECK(render(cluster_of_image("release: bookworm")) == head + "nameserver 10.0.0.1\nnameserver 10.0.0.9\n");
  CHECK(render(cluster_of_image(
            "release: bookworm",
            "[{subnet: 10.0.0.0/24, dns: [10.0.0.1, 10.0.0.9]}, {subnet: 10.1.0.0/24, router: 10.1.0.1, "
            "dns: [10.0.0.9, 10.1.0.1, 10.1.0.2]}]",
            "[{name: n1, address: 10.0.0.3}, {name: n2, address: 10.1.0.3}]")) ==
        head + "nameserver 10.0.0.1\nnameserver 10.0.0.9\nnameserver 10.1.0.1\n");
  CHECK(render(cluster_of_image("release: bookworm", "[{subnet: 10.0.0.0/24}]")) == head);
}

TEST_CASE("what nodes keep in memory is in fstab, behind what comes from the server") {
  auto lines = [](const std::string& image) {
    auto of = cluster_of_image(image);
    std::string text;
    for (const auto& mount : fstab::image_mounts(of, of.images()[0]))
      text += mount.file + ' ' + mount.options + '\n';
    return text;
  };
  CHECK(lines("release: bookworm, writable: [/var], tmpfs: [/tmp, /var/log]") ==
        "/var rw,hard,nolock,vers=3,_netdev\n"
        "/tmp mode=1777,nosuid,nodev\n"
        "/var/log mode=0755,nosuid,nodev\n");
  CHECK(lines("release: bookworm, root: rw, tmpfs: [/tmp]") == "/tmp mode=1777,nosuid,nodev\n");
  // lenny's own mounts, unless the spec sets them.
  CHECK(lines("release: lenny") == "/ ro,nolock\n/proc defaults\n/sys defaults\n/var/run defaults\n");
  CHECK(lines("release: lenny, tmpfs: [/var/run]") ==
        "/ ro,nolock\n/proc defaults\n/sys defaults\n/var/run mode=0755,nosuid,nodev\n");
}

TEST_CASE("kerrighed-tools are told what the spec says, and nothing else") {
  KerrighedTools tools;
  CHECK_FALSE(kerrighed_tools::render_host(tools));
  CHECK_FALSE(kerrighed_tools::render_cluster(tools));
  CHECK_FALSE(kerrighed_tools::render_init_helper(tools));
  tools.boot_id = -1;
  tools.net_devices = {"eth0", "eth1"};
  tools.host_extra = {"ISOLATE_NET=y"};
  tools.add_opts = {"--total", "4"};
  tools.legacy_sched = false;
  tools.init_helper = {"# none"};
  CHECK(kerrighed_tools::render_host(tools) == "BOOT_ID=-1\nNET_DEVICES=\"eth0 eth1\"\nISOLATE_NET=y\n");
  CHECK(kerrighed_tools::render_cluster(tools) == "ADD_OPTS=\"--total 4\"\nLEGACY_SCHED=false\n");
  CHECK(kerrighed_tools::render_init_helper(tools) == "# none\n");
}

TEST_CASE("both makers of an initramfs are told to mount over NFS") {
  CHECK(initramfs_conf::initramfs_tools().find("MODULES=netboot\nBOOT=nfs\n") != std::string_view::npos);
  CHECK(initramfs_conf::dracut().find("add_dracutmodules+=\" nfs \"\n") != std::string_view::npos);
  CHECK(node_name::script().substr(0, 10) == "#!/bin/sh\n");
  CHECK(node_name::unit().find("WantedBy=sysinit.target\n") != std::string_view::npos);
}

TEST_CASE("host keys are made before sshd starts, and after what every unit waits for") {
  auto unit = ssh_host_keys::unit({"rsa", "ed25519"});
  CHECK(unit.find("Before=ssh.service\n") != std::string::npos);
  // sockets.target precedes basic.target, which the unit waits for: a dependency would form a cycle.
  CHECK(unit.find(".socket") == std::string::npos);
  CHECK(unit.find("-t rsa ") < unit.find("-t ed25519 "));
}
