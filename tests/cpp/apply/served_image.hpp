#pragma once

#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "server_tree.hpp"

namespace krgboot::test {

using Texts = std::vector<std::string>;

inline const std::string image_path = "/nfsroot/a";
inline const std::string units = "/etc/systemd/system/";

/// A server whose only node boots from an image with systemd, sshd and gettys, unless a test changes that.
struct Served {
  ServerTree tree;
  Cluster cluster = ServerTree::cluster();
  std::string with_initrd = "INITRD boot/a/initrd.img\n";

  Served() {
    std::filesystem::remove(tree.host(image_path + "/sbin/init"));
    for (const auto* path : {"/lib/systemd/systemd", "/lib/systemd/system-generators/systemd-getty-generator",
                             "/sbin/agetty", "/usr/sbin/sshd"}) {
      tree.program(image_path + path);
    }
    for (const auto* path : {"/lib/systemd/system/ssh.service", "/lib/systemd/system/serial-getty@.service",
                             "/lib/systemd/system/getty@.service", "/etc/ssh/ssh_host_rsa_key"}) {
      tree.write(image_path + path, "");
    }
    tree.link(image_path + "/sbin/init", "/lib/systemd/systemd");
    tree.link(image_path + units + "multi-user.target.wants/ssh.service", "/lib/systemd/system/ssh.service");
    tree.link(image_path + units + "getty.target.wants/getty@tty1.service",
              "/lib/systemd/system/getty@.service");
    apply(cluster, tree.root(), unchecked());
  }

  void without(const std::string& path) const { std::filesystem::remove_all(tree.host(image_path + path)); }

  void become_sysvinit() const {
    without("/sbin/init");
    tree.program(image_path + "/sbin/init");
    tree.program(image_path + "/etc/init.d/ssh");
    tree.link(image_path + "/etc/rc2.d/S16ssh", "../init.d/ssh");
    tree.write(image_path + "/etc/inittab",
               "# a comment: T9:23:respawn:/sbin/getty -L ttyS9 9600 vt100\n"
               "id:2:initdefault:\n"
               "~~:S:wait:/sbin/sulogin\n"
               "1:2345:respawn:/sbin/getty 38400 tty1\n"
               "T0:3:respawn:/sbin/getty -L ttyS0 9600 vt100\n"
               "T1:23:respawn:/sbin/getty -L ttyS1 9600 vt100\n"
               "x:2:once:/sbin/getty -L ttyS2 9600 vt100\n");
  }

  Trace boot(const std::string& words, const std::string& form = "boot=nfs root=/dev/nfs") const {
    tree.write("/srv/tftp/pxelinux.cfg/default", "DEFAULT x\nLABEL x\nKERNEL boot/a/vmlinuz\n" + with_initrd +
                                                     "APPEND ip=dhcp " + form +
                                                     " nfsroot=10.0.0.2:/nfsroot/a ro " + words + "\n");
    return trace(cluster, find_machine(cluster, "n1"), tree.root());
  }

  Texts steps(BootStage stage, const std::string& words = "",
              const std::string& form = "boot=nfs root=/dev/nfs") const {
    Texts found;
    for (const auto& step : boot(words, form).steps) {
      if (step.stage != stage) continue;
      found.push_back(to_string(step.status) + " " + step.what +
                      (step.why.empty() ? "" : " [" + step.why + "]"));
    }
    return found;
  }
  Texts init(const std::string& words = "", const std::string& form = "boot=nfs root=/dev/nfs") const {
    return steps(BootStage::init, words, form);
  }
  Texts login(const std::string& words = "") const { return steps(BootStage::login, words); }
};

}  // namespace krgboot::test
