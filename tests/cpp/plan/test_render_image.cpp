#include "krgboot/base/error.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/plan/render.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace krgboot;

namespace {

const std::string hash = "$6$saltsalt$" + std::string(86, 'h');
const std::string key =
    "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJ0m0hBpXvN4QkO1mY7sC1cT5b8aXgq4vWcK3k2pP0fG me@desk";

Plan image_plan(const std::string& image,
                const std::string& boot = "{image: a, kernel: vmlinuz, initrd: initrd.img}") {
  return render(load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm, dhcp: none, tftp: none, nfs: none}
networks: [{subnet: 10.0.0.0/24}]
images: {a: {path: /nfsroot/a, )" +
                             image +
                             R"(}}
boot: {a: )" + boot + R"(}
default_boot: a
nodes: [{name: n1, address: 10.0.0.3}]
)"));
}

/// The item for a path in the image; the test fails if there is none.
template <class T>
T item(const Plan& plan, const std::string& path) {
  auto found = std::find_if(plan.items.begin(), plan.items.end(),
                            [&](const PlanItem& i) { return item_of(i).path == "/nfsroot/a" + path; });
  INFO(path);
  INFO(to_string(plan));
  REQUIRE(found != plan.items.end());
  REQUIRE(std::holds_alternative<T>(*found));
  return std::get<T>(*found);
}

bool has(const Plan& plan, const std::string& path) {
  return std::any_of(plan.items.begin(), plan.items.end(),
                     [&](const PlanItem& i) { return item_of(i).path == "/nfsroot/a" + path; });
}

}  // namespace

TEST_CASE("everything in an image is confined to it, and each folder comes before what lies in it") {
  auto release = GENERATE(as<std::string>(), "lenny", "bookworm", "trixie");
  auto plan =
      image_plan("release: " + release + ", writable: [/home], tmpfs: [/var/log], users: [{name: krg, " +
                 "password_hash: '" + hash + "', ssh_authorized_keys: ['" + key + "']}]");
  std::vector<std::string> made{"/nfsroot/a"};
  for (const auto& i : plan.items) {
    const auto& [role, path, origin, within] = item_of(i);
    CAPTURE(path);
    CHECK((within == "/nfsroot/a") == path.starts_with("/nfsroot/a/"));
    if (within.empty()) continue;
    if (!std::holds_alternative<Remove>(i))
      CHECK(std::count(made.begin(), made.end(), path.substr(0, path.rfind('/'))) == 1);
    if (std::holds_alternative<MakeDirectory>(i)) made.push_back(path);
  }
}

TEST_CASE("ssh host keys are the image's own, or each node's") {
  const std::vector<std::string> files = {"/etc/ssh/sshd_config.d/krgboot.conf",
                                          "/etc/systemd/system/krgboot-ssh-host-keys.service"};
  const std::string link = "/etc/systemd/system/ssh.service.wants/krgboot-ssh-host-keys.service";
  auto at_boot = image_plan("release: bookworm, ssh_host_keys: boot");
  for (const auto& file : files) CHECK(item<WriteFile>(at_boot, file).origin == "images.a.ssh_host_keys");
  CHECK(item<MakeLink>(at_boot, link).target == "../krgboot-ssh-host-keys.service");
  // In a copied image sshd would otherwise keep using the nodes' own keys.
  auto in_image = image_plan("release: bookworm");
  for (const auto& file : files) CHECK(item<Remove>(in_image, file).origin == "images.a.ssh_host_keys");
  CHECK(item<Remove>(in_image, link).within == "/nfsroot/a");
}

TEST_CASE("data that must differ between nodes is in no shared file") {
  auto modern = image_plan("release: bookworm");
  CHECK(item<Remove>(modern, "/etc/hostname").origin == "images.a");
  CHECK(item<WriteFile>(modern, "/etc/machine-id").content.empty());
  CHECK(item<WriteFile>(modern, "/etc/machine-id").replaces);
  CHECK(item<MakeLink>(modern, "/etc/mtab").target == "../proc/self/mounts");
  CHECK(item<WriteFile>(modern, "/etc/init.d/krgboot-hostname").mode == 0755);
  CHECK(item<MakeLink>(modern, "/etc/systemd/system/sysinit.target.wants/krgboot-hostname.service").target ==
        "../krgboot-hostname.service");
  CHECK(has(modern, "/etc/systemd/journald.conf.d/krgboot.conf"));
  CHECK_FALSE(has(modern, "/etc/default/rcS"));
  // On a writable root, the first start writes the file.
  CHECK_FALSE(has(image_plan("release: bookworm, root: rw"), "/etc/machine-id"));

  auto old = image_plan("release: lenny");
  CHECK(item<MakeLink>(old, "/etc/mtab").target == "/proc/mounts");
  CHECK(item<MakeLink>(old, "/etc/rcS.d/S03krgboot-hostname").target == "../init.d/krgboot-hostname");
  CHECK(apply_edit(item<EditFile>(old, "/etc/default/rcS").edit, "ASYNCMOUNTNFS=yes\n")
            .find("\nASYNCMOUNTNFS=no\nTMPTIME=-1\n") != std::string::npos);
  CHECK(apply_edit(item<EditFile>(old, "/etc/default/nfs-common").edit, "NEED_STATD=\n")
            .find("\nNEED_STATD=no\n") != std::string::npos);
  CHECK_FALSE(has(old, "/etc/machine-id"));
  CHECK_FALSE(has(old, "/etc/systemd"));
}

TEST_CASE("an image with sysvinit-core has the files of sysvinit, and none of systemd") {
  auto plan = image_plan("release: bookworm, packages: [sysvinit-core]");
  CHECK(has(plan, "/etc/default/rcS"));
  CHECK(has(plan, "/etc/init.d/krgboot-hostname"));
  // insserv makes the symlink, with its own number.
  CHECK_FALSE(has(plan, "/etc/rcS.d"));
  CHECK_FALSE(has(plan, "/etc/systemd"));
  CHECK_FALSE(has(plan, "/etc/machine-id"));
  CHECK(item<MakeLink>(plan, "/etc/mtab").target == "/proc/mounts");
  // The root belongs to one node: its /tmp and the state of rpc.statd are not shared.
  auto own = image_plan("release: bookworm, root: rw, packages: [sysvinit-core]");
  CHECK_FALSE(has(own, "/etc/default/nfs-common"));
  CHECK(apply_edit(item<EditFile>(own, "/etc/default/rcS").edit, "").find("TMPTIME") == std::string::npos);
}

TEST_CASE("an initramfs is configured for its generator") {
  CHECK(has(image_plan("release: bookworm"), "/etc/initramfs-tools/conf.d/krgboot"));
  CHECK_FALSE(has(image_plan("release: bookworm"), "/etc/dracut.conf.d/krgboot.conf"));
  auto dracut = image_plan("release: bookworm", "{image: a, kernel: vmlinuz, initrd: i, initramfs: dracut}");
  CHECK(has(dracut, "/etc/dracut.conf.d/krgboot.conf"));
  CHECK_FALSE(has(dracut, "/etc/initramfs-tools/conf.d/krgboot"));
  CHECK_FALSE(has(image_plan("release: bookworm", "{image: a, kernel: vmlinuz}"),
                  "/etc/initramfs-tools/conf.d/krgboot"));
}

TEST_CASE("mount points are made, since nodes could not") {
  auto plan = image_plan("release: lenny, writable: [/var, /home], tmpfs: [/scratch/node]",
                         "{image: a, kernel: vmlinuz, kerrighed: {session_id: 1}}");
  for (const auto* path :
       {"/var", "/home", "/scratch", "/scratch/node", "/config", "/proc", "/sys", "/var/run"})
    CHECK(item<MakeDirectory>(plan, path).mode == 0755);
}

TEST_CASE("users are in four files, and own their homes and keys") {
  auto plan =
      image_plan("release: bookworm, users: [{name: root, password_hash: '*', ssh_authorized_keys: ['" + key +
                 "']}, {name: krg, password_hash: '" + hash + "', uid: 1500, ssh_authorized_keys: ['" + key +
                 "']}, {name: bare, password_hash: '!', home: /}]");
  CHECK(item<EditFile>(plan, "/etc/shadow").mode == 0600);
  CHECK(item<EditFile>(plan, "/etc/gshadow").mode == 0600);
  CHECK(item<EditFile>(plan, "/etc/passwd").mode == 0644);
  CHECK(apply_edit(item<EditFile>(plan, "/etc/passwd").edit, "root:x:0:0:root:/root:/bin/bash\n") ==
        "root:x:0:0:root:/root:/bin/bash\nkrg:x:1500:1500::/home/krg:/bin/bash\nbare:x:1000:1000::/:/bin/"
        "bash\n");
  CHECK(item<MakeDirectory>(plan, "/home/krg").owner == NumericOwner{1500, 1500});
  CHECK(item<MakeDirectory>(plan, "/home/krg").mode == 0700);
  CHECK(item<MakeDirectory>(plan, "/home/krg/.ssh").owner == NumericOwner{1500, 1500});
  CHECK_FALSE(item<MakeDirectory>(plan, "/home").owner);
  CHECK(item<EditFile>(plan, "/home/krg/.ssh/authorized_keys").mode == 0600);
  CHECK(apply_edit(item<EditFile>(plan, "/root/.ssh/authorized_keys").edit, "ssh-rsa AAAA other\n") ==
        "ssh-rsa AAAA other\n# BEGIN krgboot: keys\n" + key + "\n# END krgboot: keys\n");
  CHECK_FALSE(has(image_plan("release: bookworm"), "/etc/shadow"));
}

TEST_CASE("no hash of a password is in a plan's text or JSON, in a manifest, a diff or a change") {
  auto plan = image_plan("release: bookworm, users: [{name: krg, password_hash: '" + hash + "'}]");
  auto shadow = item<EditFile>(plan, "/etc/shadow");
  CHECK(std::get<AccountLines>(shadow.edit).accounts[0].password_hash == hash);
  CHECK(to_string(plan).find("hhhh") == std::string::npos);
  CHECK(to_json(plan).find("hhhh") == std::string::npos);
  auto owned = owned_by(shadow, "a");
  REQUIRE(owned);
  CHECK(to_string(Manifest{{}, {*owned}}).find("hhhh") == std::string::npos);
  CHECK(std::get<AccountLines>(edit_of(*owned)).accounts[0].name == "krg");
  CHECK(std::get<AccountLines>(edit_of(*owned)).database == accounts::Database::shadow);
  // Accounts stay when the spec drops them, because they may own files.
  CHECK(revert_edit(edit_of(*owned), "krg:!:::::::\n") == "krg:!:::::::\n");

  Observed seen;
  seen.kind = PathKind::file;
  seen.mode = 0640;
  seen.text =
      "root:$6$other$" + std::string(86, 'q') + ":1::::::\nkrg:$6$old$" + std::string(86, 'z') + ":1::::::\n";
  auto changes = diff(Plan{Scope{"a"}, {shadow}}, {{seen}, {}, {}});
  REQUIRE(changes.changes.size() == 1);
  auto result = std::get<WriteFile>(changes.changes[0].item);
  CHECK(result.secret);
  CHECK(result.mode == 0640);
  CHECK(result.content.find(hash) != std::string::npos);
  auto text = unified_diff(changes) + to_json(changes) + to_string(changes);
  for (const auto* part : {"hhhh", "qqqq", "zzzz", "$6$"}) CHECK(text.find(part) == std::string::npos);
  CHECK(unified_diff(changes) ==
        "--- a/nfsroot/a/etc/shadow\n+++ b/nfsroot/a/etc/shadow\n@@ -1,2 +1,2 @@\n root:(hash):1::::::\n"
        "-krg:(hash):1::::::\n+krg:(new hash):1::::::\n");
}

TEST_CASE("Kerrighed's tools are configured once for an image") {
  auto plan =
      image_plan("release: lenny",
                 "{image: a, kernel: vmlinuz, kerrighed: {session_id: 1, boot_id: 101, add_opts: [--all], "
                 "init_helper: ['# none']}}");
  CHECK(std::get<MarkedBlock>(item<EditFile>(plan, "/etc/default/kerrighed-host").edit).body ==
        "BOOT_ID=101\n");
  CHECK(std::get<MarkedBlock>(item<EditFile>(plan, "/etc/default/kerrighed").edit).body ==
        "ADD_OPTS=\"--all\"\n");
  CHECK(item<EditFile>(plan, "/etc/kerrighed/krginit_helper.conf").origin == "boot.a.kerrighed");
  CHECK_FALSE(has(image_plan("release: lenny", "{image: a, kernel: vmlinuz, kerrighed: {session_id: 1}}"),
                  "/etc/default/kerrighed"));
}
