#include "krgboot/apply/apply.hpp"
#include "krgboot/base/error.hpp"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;
using krgboot::test::unchecked;

namespace {

const std::string hash = "$6$saltsalt$" + std::string(86, 'h');
const std::string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0m0hBpXvN4QkO1mY7sC1cT5b8aXgq4vWcK3k2pP0fG";

Cluster with_users(const std::string& users) {
  return load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images: {a: {path: /nfsroot/a, release: bookworm, shares_file_system: a test, tmpfs: [/scratch], users: [)" +
                      users + R"(]}}
boot: {a: {image: a, kernel: vmlinuz, initrd: initrd.img}}
default_boot: a
nodes: [{name: n1, address: 10.0.0.3, mac: "52:54:00:00:00:01"}]
)");
}

Cluster krg() {
  return with_users("{name: krg, password_hash: '" + hash + "', ssh_authorized_keys: ['" + key + "']}");
}

void make_accounts(const ServerTree& tree) {
  tree.write("/nfsroot/a/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
  tree.write("/nfsroot/a/etc/group", "root:x:0:\n");
  tree.write("/nfsroot/a/etc/shadow", "root:*:19000:0:99999:7:::\n");
  tree.write("/nfsroot/a/etc/gshadow", "root:*::\n");
  chmod(tree.host("/nfsroot/a/etc/shadow").c_str(), 0640);
}

struct stat file_status(const ServerTree& tree, const std::string& path) {
  struct stat status {};
  REQUIRE(lstat(tree.host(path).c_str(), &status) == 0);
  return status;
}

}  // namespace

TEST_CASE("an image is configured, and a second time there is nothing to do") {
  ServerTree tree;
  make_accounts(tree);
  tree.write("/nfsroot/a/etc/hostname", "buildd\n");
  tree.write("/nfsroot/a/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  tree.write("/nfsroot/a/etc/mtab", "/dev/sda1 / ext4 rw 0 0\n");
  std::filesystem::create_symlink("/run/systemd/resolve/stub-resolv.conf",
                                  tree.host("/nfsroot/a/etc/resolv.conf"));
  auto report = apply(krg(), tree.root(), unchecked());
  auto shown = to_json(report);
  CHECK(shown.find("hhhh") == std::string::npos);
  CHECK_FALSE(tree.has("/nfsroot/a/etc/hostname"));
  CHECK(tree.read("/nfsroot/a/etc/machine-id").empty());
  CHECK(std::filesystem::read_symlink(tree.host("/nfsroot/a/etc/mtab")) == "../proc/self/mounts");
  CHECK(S_ISREG(file_status(tree, "/nfsroot/a/etc/resolv.conf").st_mode));
  CHECK(tree.has("/nfsroot/a/scratch"));
  CHECK(tree.read("/nfsroot/a/etc/shadow").find("krg:" + hash + ":") != std::string::npos);
  CHECK((file_status(tree, "/nfsroot/a/etc/shadow").st_mode & 07777U) == 0640);
  CHECK((file_status(tree, "/nfsroot/a/home/krg").st_mode & 07777U) == 0700);
  CHECK((file_status(tree, "/nfsroot/a/home/krg/.ssh/authorized_keys").st_mode & 07777U) == 0600);
  CHECK(tree.read("/nfsroot/a/home/krg/.ssh/authorized_keys").find(key) != std::string::npos);
  CHECK(tree.read("/var/lib/krgboot/manifest").find("hhhh") == std::string::npos);
  CHECK(verify(krg(), tree.root()).clean());
  CHECK(apply(krg(), tree.root(), unchecked()).changes.empty());
  // Drift is reported.
  tree.write("/nfsroot/a/etc/hostname", "buildd\n");
  CHECK_FALSE(verify(krg(), tree.root()).clean());
}

TEST_CASE("a home belongs to its account, by the number that the image has given to it") {
  if (geteuid() != 0) {
    WARN("skipped: only root gives files away");
    return;
  }
  ServerTree tree;
  make_accounts(tree);
  apply(krg(), tree.root(), unchecked());
  for (const auto* path : {"", "/.ssh", "/.ssh/authorized_keys"}) {
    CAPTURE(path);
    CHECK(file_status(tree, std::string("/nfsroot/a/home/krg") + path).st_uid == 1000);
    CHECK(file_status(tree, std::string("/nfsroot/a/home/krg") + path).st_gid == 1000);
  }
  CHECK(file_status(tree, "/nfsroot/a/home").st_uid == 0);

  ServerTree other;
  make_accounts(other);
  other.write("/nfsroot/a/etc/passwd",
              "root:x:0:0:root:/root:/bin/bash\nkrg:x:1017:100::/home/krg:/bin/sh\n");
  std::filesystem::create_directories(other.host("/nfsroot/a/home/krg"));
  REQUIRE(chown(other.host("/nfsroot/a/home/krg").c_str(), 1017, 100) == 0);
  apply(krg(), other.root(), unchecked());
  CHECK(file_status(other, "/nfsroot/a/home/krg/.ssh").st_uid == 1017);
}

TEST_CASE("a user's own links lead krgboot nowhere, not even to another place of the image") {
  ServerTree tree;
  make_accounts(tree);
  tree.write("/nfsroot/a/root/.ssh/authorized_keys", "root's\n");
  tree.write("/root/.ssh/authorized_keys", "the server's\n");
  std::filesystem::create_directories(tree.host("/nfsroot/a/home/krg"));
  auto target = GENERATE(as<std::string>(), "/root/.ssh", "../../root/.ssh");
  std::filesystem::create_directory_symlink(target, tree.host("/nfsroot/a/home/krg/.ssh"));
  try {
    apply(krg(), tree.root(), unchecked());
    FAIL("it went through the link");
  } catch (const ConflictError& error) {
    CHECK(error.code() == "image.link");
  }
  CHECK(tree.read("/nfsroot/a/root/.ssh/authorized_keys") == "root's\n");
  CHECK(tree.read("/root/.ssh/authorized_keys") == "the server's\n");
}

TEST_CASE("accounts that are links to the server's are neither read nor written") {
  ServerTree tree;
  make_accounts(tree);
  tree.write("/etc/shadow", "root:$6$server$" + std::string(86, 's') + ":1::::::\n");
  auto before = tree.read("/etc/shadow");
  std::filesystem::remove(tree.host("/nfsroot/a/etc/shadow"));
  std::filesystem::create_symlink(GENERATE(as<std::string>(), "/etc/shadow", "../../../etc/shadow"),
                                  tree.host("/nfsroot/a/etc/shadow"));
  auto changes = propose(krg(), tree.root()).changes;
  CHECK((unified_diff(changes) + to_json(changes)).find("ssss") == std::string::npos);
  CHECK_THROWS_AS(apply(krg(), tree.root(), unchecked()), ConflictError);
  CHECK(tree.read("/etc/shadow") == before);
}
