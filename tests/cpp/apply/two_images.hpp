#pragma once

#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"

#include <filesystem>
#include <string>

#include <unistd.h>

#include "catch.hpp"
#include "image/bz_image.hpp"
#include "server_tree.hpp"
#include "system/special_files.hpp"
#include "texts.hpp"

namespace krgboot::test {

inline const std::string bad_image = "/nfsroot/a";
inline const std::string good_image = "/nfsroot/b";

inline const std::string two_images_text = R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images:
  a: {path: /nfsroot/a, release: bookworm, writable: [/home], shares_file_system: a test, users: [{name: u, password_hash: "*"}]}
  b: {path: /nfsroot/b, release: bookworm, writable: [/home], shares_file_system: a test, users: [{name: u, password_hash: "*"}]}
boot:
  a: {image: a, kernel: vmlinuz-6.1, initrd: initrd.img-6.1}
  b: {image: b, kernel: vmlinuz-6.1, initrd: initrd.img-6.1}
default_boot: a
nodes:
  - {name: n1, address: 10.0.0.3, mac: "52:54:00:00:00:01"}
  - {name: n2, address: 10.0.0.4, mac: "52:54:00:00:00:02", boot: b}
)";
inline Cluster two_images() {
  return load_cluster(two_images_text);
}

inline void make_image(const ServerTree& tree, const std::string& image) {
  tree.write(image + "/boot/vmlinuz-6.1", bz_image("6.1"));
  tree.write(image + "/boot/initrd.img-6.1",
             cpio({"scripts/nfs", "bin/nfsmount", "bin/ipconfig", "lib/modules/6.1/kernel/fs/nfs/nfs.ko",
                   "lib/modules/6.1/kernel/drivers/net/virtio_net.ko"}));
  tree.write(image + "/boot/config-6.1", "CONFIG_NFS_FS=m\n");
  tree.write(image + "/lib/modules/6.1/modules.dep", "");
  tree.write(image + "/lib/modules/6.1/modules.builtin", "");
  tree.write(image + "/lib/systemd/system/basic.target", "Wants=tmp.mount\n");
  tree.write(image + "/var/lib/dpkg/status", "Package: dpkg\nStatus: install ok installed\nVersion: 1\n\n");
  for (const auto* file :
       {"passwd", "shadow", "group", "gshadow", "hosts", "fstab", "hostname", "machine-id", "modules",
        "locale.gen", "inittab", "apt/sources.list", "network/interfaces", "initramfs-tools/initramfs.conf",
        "ssh/ssh_host_rsa_key", "ssh/ssh_host_rsa_key.pub"})
    tree.write(image + "/etc/" + file, "");
  for (const auto* folder : {"home", "proc", "sys", "sbin"})
    std::filesystem::create_directories(tree.host(image + '/' + folder));
  tree.program(image + "/lib/systemd/systemd");
  tree.link(image + "/sbin/init", "/lib/systemd/systemd");
}

struct TwoImages {
  TwoImages() {
    make_image(tree, bad_image);
    make_image(tree, good_image);
    apply(cluster, tree.root(), unchecked());
  }
  ServerTree tree;
  Cluster cluster = two_images();

  std::string trace_of(const std::string& machine) const {
    return to_string(trace(cluster, find_machine(cluster, machine), tree.root()));
  }
};

/// Has the trace the stages that need nothing of the image: DHCP and the loader? A fault of the image must
/// not hide them.
inline bool says_of_all_before_the_image(const std::string& trace) {
  return contains(trace, "  ok       dhcp ") && contains(trace, "  ok       loader ");
}

/// Puts something in the place of a text file that should not be there.
inline void plant(const ServerTree& tree, const std::string& path, const std::string& kind) {
  auto host = tree.host(path);
  std::filesystem::remove_all(host);
  std::filesystem::create_directories(host.parent_path());
  if (kind == "directory") {
    std::filesystem::create_directory(host);
  } else if (kind == "NUL") {
    tree.write(path, std::string("a\0b\n", 4));
  } else if (kind == "loop") {
    tree.link(path, std::filesystem::path(path).filename());
  } else if (kind == "long link") {
    tree.link(path, std::string(4000, 'x'));
  } else if (kind == "sparse") {
    tree.write(path, "");
    REQUIRE(truncate(host.c_str(), off_t{1} << 40U) == 0);
  } else if (kind == "newlines") {
    tree.write(path, std::string(500'000, '\n'));
  } else {
    make_special(host.string(), kind);
  }
}

}  // namespace krgboot::test
