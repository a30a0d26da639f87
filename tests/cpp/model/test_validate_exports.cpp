// How images are exported, the file systems that they are on, and what machines of a pool may do.

#include "krgboot/model/cluster.hpp"

#include <string>

#include "catch.hpp"
#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

ClusterText image_at(const std::string& path, const std::string& keys) {
  return ClusterText().with("images",
                            "images: {debian: {path: " + path + ", release: bookworm, " + keys + "}}");
}

/// With a read-only pool.
ClusterText guests(const std::string& keys, const std::string& mark = "") {
  return image_fields(keys).with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, " + mark +
                                                 "pool: {first: 10.0.0.200, last: 10.0.0.220}}]");
}

}  // namespace

TEST_CASE("what an image says nothing of is as exports(5) and a root file system want it") {
  auto cluster = accepted(image_fields("writable: [/home, {path: /srv/data}]"));
  const auto& debian = cluster.images()[0];
  CHECK(debian.rules == ExportRules{});
  CHECK(debian.rules.squash == Squash::no_root_squash);
  CHECK(debian.rules.secure);
  REQUIRE(debian.writable.size() == 2);
  CHECK(debian.writable[1] == WritableDirectory{"/srv/data", {}});
  CHECK_FALSE(debian.filesystem);
  CHECK_FALSE(debian.shares_file_system);
  CHECK(debian.ssh_host_keys == SshHostKeyPlace::image);
}

TEST_CASE("writable directories take the image's rules where they have none of their own") {
  auto cluster =
      accepted(image_fields("secure: false, sec: [krb5p, sys], writable: [/home, {path: /pub, squash: "
                            "all_squash, sec: [sys], secure: true}]"));
  const auto& writable = cluster.images()[0].writable;
  CHECK_FALSE(writable[0].rules.secure);
  CHECK(writable[0].rules.sec == std::vector{SecurityFlavor::krb5p, SecurityFlavor::sys});
  CHECK(writable[1].rules == ExportRules{Squash::all_squash, {SecurityFlavor::sys}, true});
}

TEST_CASE("what no node could mount as its root") {
  refused(image_fields("sec: ^[krb5]"), "image.sec_without_sys", "images.debian.sec");
  refused(image_fields("sec: ^[]"), "image.no_sec", "images.debian.sec");
  refused(image_fields("sec: [sys, ^sys]"), "image.duplicate_sec", "images.debian.sec[1]");
  refused(image_fields("writable: [{path: /home, sec: [krb5, ^krb5]}]"), "image.duplicate_sec",
          "images.debian.writable[0].sec[1]");
  refused(image_fields("root: rw, squash: ^root_squash").alone(), "image.squashed_root",
          "images.debian.squash");
  auto finding = warned(image_fields("squash: ^all_squash"), "image.squashed_root", "images.debian.squash");
  CHECK(contains(finding.message, "/etc/shadow"));
}

TEST_CASE("the reason for a shared file system is one line") {
  auto cluster = accepted(image_fields("shares_file_system: it holds nothing else"));
  CHECK(cluster.images()[0].shares_file_system == "it holds nothing else");
  refused(image_fields("shares_file_system: ^\"two\\nlines\""), "image.reason_control",
          "images.debian.shares_file_system");
}

TEST_CASE("a file system of an image's own") {
  auto of = [](const std::string& keys) {
    return *accepted(image_fields("filesystem: " + keys)).images()[0].filesystem;
  };
  CHECK(of("{size: 8G}") ==
        FileSystem{std::uint64_t{8} << 30U, FileSystemType::ext4, "/srv/nfs/debian.img", {}});
  CHECK(of("{size: 1T, type: xfs, file: /big/debian.xfs}").device() == "/big/debian.xfs");
  CHECK(of("{size: 600M, type: btrfs, volume: vg0/debian}").device() == "/dev/vg0/debian");

  for (const auto* size : {"8", "8K", "8GB", "08G", "8 G", "G", "-8G", "1.5G", "8g", "1000000G"}) {
    refused(image_fields(std::string("filesystem: {size: ^\"") + size + "\"}"), "filesystem.size_syntax",
            "images.debian.filesystem.size");
  }
  refused(image_fields("filesystem: {size: ^511M}"), "filesystem.too_small", "images.debian.filesystem.size");
  refused(image_fields("filesystem: {size: 8G, file: /big/x, volume: ^vg0/x}"), "filesystem.two_places",
          "images.debian.filesystem.volume");
  for (const auto* volume : {"debian", "vg0/", "/vg0/debian", "vg0/../sda", "-vg/x", "vg0/a b", "vg0/."}) {
    refused(image_fields(std::string("filesystem: {size: 8G, volume: ^\"") + volume + "\"}"),
            "filesystem.volume_syntax", "images.debian.filesystem.volume");
  }
  refused(image_fields("filesystem: {size: 8G, file: ^/srv/nfs/debian/disk}"), "filesystem.in_image",
          "images.debian.filesystem");
  refused(image_fields("filesystem: {size: 8G, file: ^/srv/tftp/disk}"), "filesystem.in_tftp_root",
          "images.debian.filesystem");
  refused(image_fields("filesystem: {size: 8G, file: ^disk}"), "path.relative",
          "images.debian.filesystem.file");
}

TEST_CASE("the directory above such an image is root's alone, and others need none of it") {
  for (const auto* path : {"^/srv/debian", "^/debian", "^/home/debian"}) {
    refused(image_at(path, "filesystem: {size: 8G}"), "filesystem.parent", "images.debian.path");
  }
  refused(
      image_at("^/srv/boot/debian", "filesystem: {size: 8G}")
          .with("server",
                "server: {name: server, address: 10.0.0.2, release: bookworm, tftp_root: /srv/boot/tftp}"),
      "filesystem.parent", "images.debian.path");
}

TEST_CASE("the unit that mounts such an image has a name that systemd takes") {
  auto path = [](std::size_t dashes) { return "^/srv/nfs/a" + std::string(dashes, '-'); };
  accepted(image_at(path(60).substr(1), "filesystem: {size: 8G}"));
  refused(image_at(path(61), "filesystem: {size: 8G}"), "filesystem.path_too_long", "images.debian.path");
  accepted(image_at(path(61).substr(1), "root: ro"));
}

TEST_CASE("two images cannot have one file system of their own, nor a lenny any") {
  refused(ClusterText().with(
              "images",
              "images: {a: {path: /srv/nfs/a, release: bookworm, filesystem: {size: 8G, file: "
              "/srv/nfs/disk}}, debian: {path: /srv/nfs/b, release: bookworm, filesystem: {size: 8G, "
              "file: ^/srv/nfs/disk}}}"),
          "filesystem.duplicate", "images.debian.filesystem");
  refused(image_fields("^filesystem: {size: 8G}")
              .with("server", "server: {name: server, address: 10.0.0.2, release: lenny}"),
          "filesystem.no_systemd", "images.debian.filesystem");
}

TEST_CASE("host keys that nodes make at boot want systemd") {
  CHECK(accepted(image_fields("ssh_host_keys: boot")).images()[0].ssh_host_keys == SshHostKeyPlace::boot);
  refused(image_fields("packages: [sysvinit-core], ssh_host_keys: ^boot"), "image.ssh_host_keys_init",
          "images.debian.ssh_host_keys");
}

TEST_CASE("machines of a pool write nothing unless the spec says so") {
  auto cluster = accepted(guests("writable: [/home]"));
  CHECK_FALSE(cluster.networks()[0].pool->writable);
  CHECK(cluster.addresses_by_image()[0].size() == 2);
  CHECK(cluster.writers_by_image()[0].size() == 1);
  CHECK(accepted(image_fields("writable: [/home]")).writers_by_image()[0].size() == 2);
}

TEST_CASE("a pool that could not boot without writing is refused plainly") {
  refused(guests("root: rw", "^").with("nodes", "nodes: []"), "pool.root_is_writable", "networks[0].pool");
  for (const auto* writable : {"/var", "/tmp"}) {
    auto finding = refused(guests(std::string("writable: [") + writable + "]", "^"), "pool.boots_read_only",
                           "networks[0].pool");
    CHECK(contains(finding.message, writable));
  }
  accepted(guests("writable: [/var/lib/data, /home]"));
  accepted(image_fields("root: rw").alone());
}

TEST_CASE("clients that the spec lists must not let a pool write either") {
  refused(guests("writable: [/home], clients: ^[10.0.0.0/24]"), "image.clients_admit_pool",
          "images.debian.clients");
  accepted(guests("clients: [10.0.0.0/24]"));
  accepted(image_fields("writable: [/home], clients: [10.0.0.0/24]"));
}
