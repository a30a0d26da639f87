#include "krgboot/config/load.hpp"
#include "krgboot/formats/root_tree/mount_unit.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

// tests/python/test_own_file_system.py compares the same names with systemd-escape.
TEST_CASE("names of mount units are those of systemd-escape, and come back") {
  struct Row {
    const char* path;
    const char* name;
  };
  for (const auto& [path, name] : std::vector<Row>{{"/srv/nfs/debian", "srv-nfs-debian.mount"},
                                                   {"/NFSROOT/kerrighed", "NFSROOT-kerrighed.mount"},
                                                   {"/srv/nfs/debian-12", "srv-nfs-debian\\x2d12.mount"},
                                                   {"/a_b/c.d", "a_b-c.d.mount"},
                                                   {"/.hidden/.b", "\\x2ehidden-.b.mount"},
                                                   {"/a+b@c=d~e", "a\\x2bb\\x40c\\x3dd\\x7ee.mount"},
                                                   {"/a\\b", "a\\x5cb.mount"},
                                                   {"/a:b", "a:b.mount"},
                                                   {"/\xc3\xa4", "\\xc3\\xa4.mount"}}) {
    CHECK(mount_unit::name(path) == name);
    CHECK(mount_unit::parse_name(name) == std::string(path));
  }
}

TEST_CASE("what is no mount unit of a path") {
  for (const auto* name : {"",
                           ".mount",
                           "srv",
                           "srv.mounts",
                           "srv.automount",
                           "-.mount",
                           "srv-.mount",
                           "-srv.mount",
                           "srv--nfs.mount",
                           "a\\x2Db.mount",
                           "a\\x61b.mount",
                           "a\\x2.mount",
                           "a\\xzz.mount",
                           ".srv.mount",
                           "a/b.mount",
                           "..-etc.mount",
                           "srv-..-etc.mount",
                           "a\\x00b.mount",
                           "a+b.mount",
                           "srv.mount "}) {
    INFO(name);
    CHECK_FALSE(mount_unit::parse_name(name));
  }
  for (const auto* path : {"", "/", "srv", "/srv/", "/srv//nfs", "/srv/../etc", "/."}) {
    INFO(path);
    CHECK(error_of<ArgumentError>([&] { mount_unit::name(path); }).code == "mount_unit.path");
  }
  // systemd's limit is 255 bytes.
  CHECK(mount_unit::name("/" + std::string(249, 'a')).size() == 255);
  CHECK(error_of<ArgumentError>([&] { mount_unit::name("/" + std::string(250, 'a')); }).code ==
        "mount_unit.path");
}

namespace {

Image image(const std::string& filesystem) {
  return load_cluster(R"(
version: 1
cluster: {name: c, domain: c.example}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images:
  debian: {path: /srv/nfs/debian, release: bookworm, filesystem: )" +
                      filesystem + "}\n")
      .images()[0];
}

}  // namespace

TEST_CASE("the unit mounts a file, or a volume, before the NFS server starts") {
  auto in_file = image("{size: 8G}");
  CHECK(mount_unit::path(in_file) == "/etc/systemd/system/srv-nfs-debian.mount");
  CHECK(mount_unit::link_path(in_file) ==
        "/etc/systemd/system/nfs-server.service.wants/srv-nfs-debian.mount");
  CHECK(mount_unit::render(in_file) ==
        "# images.debian.filesystem: written by krgboot from cluster.yaml; what is changed here is "
        "overwritten.\n"
        "[Unit]\n"
        "Description=The image debian, which nodes mount as their root\n"
        "Before=nfs-server.service\n"
        "\n"
        "[Mount]\n"
        "What=/srv/nfs/debian.img\n"
        "Where=/srv/nfs/debian\n"
        "Type=ext4\n"
        "Options=loop,nosuid,nodev\n"
        "\n"
        "[Install]\n"
        "WantedBy=nfs-server.service\n");
  auto on_volume = mount_unit::render(image("{size: 8G, type: xfs, volume: vg0/debian}"));
  CHECK(on_volume.find("What=/dev/vg0/debian\n") != std::string::npos);
  CHECK(on_volume.find("Type=xfs\nOptions=nosuid,nodev\n") != std::string::npos);
}
