#pragma once

#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"

#include <filesystem>
#include <string>

#include <unistd.h>

#include "catch.hpp"
#include "server_tree.hpp"
#include "system/special_files.hpp"

namespace krgboot::test {

inline const std::string bad = "/nfsroot/a";
inline const std::string good = "/nfsroot/b";

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

inline std::string kernel() {
  std::string bytes(0x400, '\0');
  bytes.replace(0x202, 4, "HdrS");
  bytes[0x20E] = '\x10';  // offset from 0x200
  return bytes.replace(0x210, 4, "6.1 ");
}

inline void make_image(const ServerTree& tree, const std::string& image) {
  tree.write(image + "/boot/vmlinuz-6.1", kernel());
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

inline ApplyOptions unchecked() {
  ApplyOptions options;
  options.check = false;
  return options;
}

struct TwoImages {
  TwoImages() {
    make_image(tree, bad);
    make_image(tree, good);
    apply(cluster, tree.root(), unchecked());
  }
  ServerTree tree;
  Cluster cluster = two_images();

  std::string trace_of(const std::string& machine) const {
    return to_string(trace(cluster, find_machine(cluster, machine), tree.root()));
  }
};

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
