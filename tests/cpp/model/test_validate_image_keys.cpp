#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

ClusterText user(const std::string& keys, const std::string& release = "bookworm") {
  return image_fields("users: [{name: krg, password_hash: '!', " + keys + "}]", release);
}

ClusterText kerrighed_fields(const std::string& keys) {
  return boot_fields("kerrighed: {session_id: 1, " + keys + "}");
}

std::string key_of(const std::string& type) {
  return type + " AAAAC3NzaC1lZDI1NTE5AAAAIJ0m0hBpXvN4QkO1mY7sC1cT5b8aXgq4vWcK3k2pP0fG";
}

}  // namespace

TEST_CASE("what an image is made of has defaults by its release") {
  auto plain = accepted(ClusterText()).images()[0];
  CHECK(plain.suites == std::vector<std::string>{"bookworm", "bookworm-updates"});
  CHECK(plain.variant == Variant::minbase);
  CHECK(plain.trust == Trust::signature);
  CHECK_FALSE(plain.architecture);
  CHECK_FALSE(plain.source);
  CHECK_FALSE(plain.security_mirror);
  CHECK(plain.tmpfs.empty());
  CHECK(accepted(image_fields("root: rw", "lenny").alone()).images()[0].suites ==
        std::vector<std::string>{"lenny"});

  auto full = accepted(image_fields(
                           "architecture: amd64, variant: important, trust: anything, suites: [bookworm, "
                           "bookworm-backports], security_mirror: http://mirror.example.org/debian-security, "
                           "source: /srv/base.tar.zst, tmpfs: [/tmp, /var/log], writable: [/var, /home]"))
                  .images()[0];
  CHECK(full.architecture == "amd64");
  CHECK(full.variant == Variant::important);
  CHECK(full.trust == Trust::anything);
  CHECK(full.suites == std::vector<std::string>{"bookworm", "bookworm-backports"});
  CHECK(full.source == "/srv/base.tar.zst");
  CHECK(full.tmpfs == std::vector<std::string>{"/tmp", "/var/log"});
}

TEST_CASE("what an image is made of must be names that apt takes") {
  refused(image_fields("architecture: ^AMD64"), "image.architecture_syntax", "images.debian.architecture");
  refused(image_fields("architecture: ^'amd64 i386'"), "image.architecture_syntax",
          "images.debian.architecture");
  refused(image_fields("suites: ^[]"), "image.no_suites", "images.debian.suites");
  refused(image_fields("suites: [bookworm, ^'bookworm main']"), "image.suite_syntax",
          "images.debian.suites[1]");
  refused(image_fields("suites: [^'bookworm\"']"), "image.suite_syntax", "images.debian.suites[0]");
  refused(image_fields("security_mirror: ^ftp://mirror.example.org/"), "image.mirror_syntax",
          "images.debian.security_mirror");
  auto credentials = refused(image_fields("security_mirror: ^http://me:secret@mirror.example.org/"),
                             "image.mirror_credentials", "images.debian.security_mirror");
  CHECK_FALSE(contains(credentials.message, "secret"));
  refused(image_fields("source: ^/srv/../etc"), "path.not_normal", "images.debian.source");
}

TEST_CASE("what is in memory hides nothing that comes from the server") {
  refused(image_fields("tmpfs: [^/etc]"), "image.tmpfs_system", "images.debian.tmpfs[0]");
  refused(image_fields("tmpfs: [^/run/lock]"), "image.tmpfs_system", "images.debian.tmpfs[0]");
  refused(image_fields("tmpfs: [/tmp, ^/tmp]"), "image.duplicate_tmpfs", "images.debian.tmpfs[1]");
  refused(image_fields("tmpfs: [/tmp, ^/tmp/x]"), "image.tmpfs_nested", "images.debian.tmpfs[1]");
  refused(image_fields("writable: [/var/lib], tmpfs: [^/var]"), "image.tmpfs_hides",
          "images.debian.tmpfs[0]");
  refused(image_fields("writable: [/tmp], tmpfs: [^/tmp]"), "image.tmpfs_hides", "images.debian.tmpfs[0]");
  accepted(image_fields("writable: [/var], tmpfs: [/var/tmp]"));
  accepted(image_fields("writable: [/var-x], tmpfs: [/var]"));
}

TEST_CASE("users get numbers of their own, in the order of the list") {
  auto users =
      accepted(image_fields("users: [{name: a, password_hash: '!'}, {name: root, password_hash: '!'}, "
                            "{name: b, password_hash: '!', uid: 1001}, {name: c, password_hash: '!'}]"))
          .images()[0]
          .users;
  REQUIRE(users.size() == 4);
  CHECK(users[0].new_uid == 1000);
  CHECK_FALSE(users[0].uid);
  CHECK(users[1].new_uid == 0);
  CHECK(users[2].new_uid == 1001);
  CHECK(users[2].uid == 1001U);
  CHECK(users[3].new_uid == 1002);
}

TEST_CASE("a user's number, places and groups are such that the files can hold them") {
  accepted(user("uid: 1, home: /srv/krg, shell: /bin/sh, groups: [sudo, adm]"));
  accepted(user("uid: 59999"));
  refused(user("uid: ^0"), "image.uid", "images.debian.users[0].uid");
  refused(user("uid: ^60000"), "image.uid", "images.debian.users[0].uid");
  refused(user("uid: ^-1"), "image.uid", "images.debian.users[0].uid");
  refused(image_fields("users: [{name: root, password_hash: '!', uid: ^1}]"), "image.root_uid",
          "images.debian.users[0].uid");
  refused(
      image_fields("users: [{name: a, password_hash: '!', uid: 7}, {name: b, password_hash: '!', uid: ^7}]"),
      "image.duplicate_uid", "images.debian.users[1].uid");
  refused(user("shell: ^'/bin/sh:x'"), "path.characters", "images.debian.users[0].shell");
  refused(user("home: ^/home/../etc"), "path.not_normal", "images.debian.users[0].home");
  refused(
      image_fields("users: [{name: a, password_hash: '!'}, {name: b, password_hash: '!', home: ^/home/a}]"),
      "image.duplicate_home", "images.debian.users[1].home");
  refused(user("groups: [sudo, ^'a,b']"), "image.group_syntax", "images.debian.users[0].groups[1]");
}

TEST_CASE("a key is public, in one line, and of a type that the image's sshd knows") {
  for (const auto* type : {"ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"}) {
    CAPTURE(type);
    accepted(user("ssh_authorized_keys: ['" + key_of(type) + "', '" + key_of(type) + " me@desk'" + "]"));
  }
  auto place = "images.debian.users[0].ssh_authorized_keys[0]";
  for (const auto& text :
       {std::string("-----BEGIN OPENSSH PRIVATE KEY-----"), std::string("ssh-ed25519"), key_of("ssh-unknown"),
        key_of("ssh-ed25519") + "AAA", key_of("ssh-ed25519").substr(0, 40),
        "command=\"x\" " + key_of("ssh-rsa"), std::string("ssh-rsa BBBB" + std::string(64, 'A'))}) {
    CAPTURE(text);
    auto finding = refused(user("ssh_authorized_keys: [^'" + text + "']"), "image.ssh_key", place);
    CHECK_FALSE(contains(finding.message, text));
  }
  refused(user("ssh_authorized_keys: [^'" + key_of("ssh-ed25519") + "']", "lenny"), "image.ssh_key_type",
          place);
  accepted(user("ssh_authorized_keys: ['" + key_of("ssh-rsa") + "']", "lenny"));
}

TEST_CASE("what kerrighed-tools is told are words that a shell leaves alone") {
  auto cluster =
      accepted(kerrighed_fields("boot_id: -1, net_devices: [eth0, 'eth1:0'], add_opts: [--total, '4'], "
                                "legacy_sched: false, host_extra: [ISOLATE_NET=y], init_helper: ['# x'], "
                                "install: /usr/src/kerrighed"));
  const auto& tools = cluster.boot()[0].kerrighed->tools;
  CHECK(tools.boot_id == -1);
  CHECK(tools.add_opts == std::vector<std::string>{"--total", "4"});
  CHECK(tools.legacy_sched == false);
  CHECK_FALSE(accepted(kerrighed_fields("autonodeid: true")).boot()[0].kerrighed->tools.legacy_sched);
  refused(kerrighed_fields("boot_id: ^-2"), "kerrighed.boot_id", "boot.debian.kerrighed.boot_id");
  refused(kerrighed_fields("boot_id: ^256"), "kerrighed.boot_id", "boot.debian.kerrighed.boot_id");
  refused(kerrighed_fields("net_devices: [^'eth0;reboot']"), "kerrighed.net_device",
          "boot.debian.kerrighed.net_devices[0]");
  refused(kerrighed_fields("add_opts: [--all, ^'$(reboot)']"), "kerrighed.add_opts",
          "boot.debian.kerrighed.add_opts[1]");
  refused(kerrighed_fields("host_extra: [^\"A=1\\nB=2\"]"), "kerrighed.line",
          "boot.debian.kerrighed.host_extra[0]");
  refused(kerrighed_fields("init_helper: [^'# END krgboot: x']"), "kerrighed.line",
          "boot.debian.kerrighed.init_helper[0]");
  refused(kerrighed_fields("host_extra: [^'A=1\\']"), "kerrighed.line",
          "boot.debian.kerrighed.host_extra[0]");
  refused(kerrighed_fields("install: ^/usr/src/../x"), "path.not_normal", "boot.debian.kerrighed.install");
}

TEST_CASE("two Kerrighed entries of one image cannot tell it different things") {
  auto both = [](const std::string& first, const std::string& second) {
    return ClusterText().with(
        "boot", "boot: {debian: {image: debian, kernel: vmlinuz, kerrighed: {session_id: 1" + first +
                    "}}, other: {image: debian, kernel: vmlinuz, ^kerrighed: {session_id: 1" + second +
                    "}}}");
  };
  refused(both(", boot_id: 1", ", boot_id: 2"), "kerrighed.tools_differ", "boot.other.kerrighed");
  refused(both("", ", boot_id: 2"), "kerrighed.tools_differ", "boot.other.kerrighed");
  CHECK(judge(unmark(both(", boot_id: 1", ", boot_id: 1").marked()).text).diagnostics.empty());
}
