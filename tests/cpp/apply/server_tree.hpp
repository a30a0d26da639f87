#pragma once

#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/system/root.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "image/cpio.hpp"

namespace krgboot::test {

/// A root for one test: a boot server with its packages' boot loaders and one image, and a cluster to boot.
class ServerTree {
 public:
  ServerTree() {
    auto name = (std::filesystem::temp_directory_path() / "krgboot-test.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    write("/usr/lib/PXELINUX/pxelinux.0", "PXELINUX 6.04 PXE");
    write("/usr/lib/syslinux/modules/bios/ldlinux.c32", "second part");
    write("/nfsroot/a/boot/vmlinuz", std::string(0x202, '\0') + "HdrS kernel");
    write("/nfsroot/a/boot/initrd.img",
          cpio({"scripts/nfs", "bin/nfsmount", "bin/ipconfig", "lib/modules/6.1/kernel/fs/nfs/nfs.ko",
                "lib/modules/6.1/kernel/drivers/net/virtio_net.ko"}));
    program("/nfsroot/a/sbin/init");
    for (const auto* folder : {"etc", "home", "proc", "sys"}) {
      std::filesystem::create_directories(path_ / "nfsroot/a" / folder);
    }
  }
  ServerTree(const ServerTree&) = delete;
  ServerTree& operator=(const ServerTree&) = delete;
  ~ServerTree() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  Root root() const { return Root(path_.string()); }
  std::filesystem::path host(const std::string& path) const { return path_ / path.substr(1); }
  bool has(const std::string& path) const { return std::filesystem::exists(host(path)); }

  void write(const std::string& path, const std::string& content) const {
    std::filesystem::create_directories(host(path).parent_path());
    std::ofstream(host(path), std::ios::binary) << content;
  }
  void program(const std::string& path) const {
    write(path, "#!/bin/sh\n");
    std::filesystem::permissions(host(path), std::filesystem::perms(0755));
  }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories(host(path).parent_path());
    std::filesystem::remove(host(path));
    std::filesystem::create_symlink(target, host(path));
  }
  std::string read(const std::string& path) const {
    std::ifstream file(host(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static Cluster cluster(
      const std::string& nodes = "[{name: n1, address: 10.0.0.3, mac: \"52:54:00:00:00:01\"}]") {
    return load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images: {a: {path: /nfsroot/a, release: bookworm, shares_file_system: a test, writable: [/home]}}
boot: {a: {image: a, kernel: vmlinuz, initrd: initrd.img}}
default_boot: a
nodes: )" + nodes + "\n");
  }

 private:
  std::filesystem::path path_;
};

inline ApplyOptions unchecked() {
  ApplyOptions options;
  options.check = false;
  return options;
}

/// Is there a step of this status that says the text, or gives it as its reason?
inline bool says(const Trace& trace, StepStatus status, const std::string& text) {
  return std::any_of(trace.steps.begin(), trace.steps.end(), [&](const TraceStep& step) {
    return step.status == status && (step.what + " " + step.why).find(text) != std::string::npos;
  });
}

}  // namespace krgboot::test
