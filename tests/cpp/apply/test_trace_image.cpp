#include "krgboot/formats/root_tree/ssh_host_keys.hpp"

#include <filesystem>
#include <string>

#include "catch.hpp"
#include "served_image.hpp"

using namespace krgboot;
using krgboot::test::image_path;
using krgboot::test::Served;
using krgboot::test::Texts;
using krgboot::test::units;

namespace {

const std::string by_kernel = "root=/dev/nfs";
const std::string given = " [init= on the command line]";
const std::string sshd = "ok sshd [/etc/systemd/system/multi-user.target.wants/ssh.service]";
const std::string tty1 = "ok getty on tty1 [/etc/systemd/system/getty.target.wants/getty@tty1.service]";

}  // namespace

TEST_CASE("which init the image has") {
  Served server;
  CHECK(server.init() == Texts{"ok /sbin/init -> /lib/systemd/systemd"});
  CHECK(server.boot("").boots());
  SECTION("links that leave the image resolve inside of it") {
    server.tree.link(image_path + "/sbin/init", "../../../../../lib/systemd/systemd");
    CHECK(server.init() == Texts{"ok /sbin/init -> /lib/systemd/systemd"});
    server.tree.link(image_path + "/sbin/init", "/usr/bin/env");  // exists on the machine that runs the test
    CHECK(server.init() ==
          Texts{"broken the image has no init [none of /sbin/init, /etc/init, /bin/init, /bin/sh]"});
  }
  SECTION("on a merged /usr") {
    std::filesystem::rename(server.tree.host(image_path + "/lib"), server.tree.host(image_path + "/usr/lib"));
    server.tree.link(image_path + "/lib", "usr/lib");
    CHECK(server.init() == Texts{"ok /sbin/init -> /usr/lib/systemd/systemd"});
  }
  SECTION("the usual ones in turn") {
    server.without("/lib/systemd/systemd");
    server.tree.program(image_path + "/bin/sh");
    CHECK(server.init() == Texts{"ok /bin/sh"});
    CHECK(server.login() == Texts{"ok a root shell on the console [/bin/sh is the init]"});
    server.tree.program(image_path + "/etc/init");
    CHECK(server.init() == Texts{"ok /etc/init"});
  }
  SECTION("not a program") {
    std::filesystem::permissions(server.tree.host(image_path + "/lib/systemd/systemd"),
                                 std::filesystem::perms(0644));
    auto trace = server.boot("");
    CHECK_FALSE(trace.boots());
    CHECK(trace.steps.back().stage == BootStage::init);
  }
}

TEST_CASE("which programs obey init=") {
  Served server;
  server.tree.program(image_path + "/bin/bash");
  CHECK(server.init("init=/bin/bash") == Texts{"ok /bin/bash" + given});
  CHECK(server.init("init=/sbin/none init=/bin/bash") == Texts{"ok /bin/bash" + given});
  CHECK(server.init("-- init=/bin/bash") == Texts{"ok /sbin/init -> /lib/systemd/systemd"});
  CHECK(server.init("init=") == Texts{"ok /sbin/init -> /lib/systemd/systemd"});
  // An initramfs continues with the usual init.
  CHECK(server.init("init=/sbin/none") == Texts{"warning the image has no program \"/sbin/none\"" + given,
                                                "ok /sbin/init -> /lib/systemd/systemd"});
  CHECK(server.init("init=/bin/../bin/bash").size() == 2);
  // The kernel panics.
  server.with_initrd = "";
  CHECK(server.init("init=bin/bash", by_kernel) == Texts{"ok /bin/bash" + given});
  CHECK(server.init("init=/sbin/none", by_kernel) ==
        Texts{"broken the image has no program \"/sbin/none\"" + given});
  CHECK_FALSE(server.boot("init=/sbin/none", by_kernel).boots());
}

TEST_CASE("dracut takes /sbin/init or the program in init=") {
  Served server;
  server.tree.program(image_path + "/bin/sh");
  server.without("/sbin/init");
  const std::string form = "root=nfs:10.0.0.2:/nfsroot/a";
  CHECK(server.init("", form) == Texts{"broken the image has no init [no /sbin/init]"});
  CHECK(server.init("init=/bin/sh", form) == Texts{"ok /bin/sh" + given});
}

TEST_CASE("rdinit= and the initrd") {
  Served server;
  const std::string why = " [rdinit= on the command line]";
  const std::string usual = "ok /sbin/init -> /lib/systemd/systemd";
  CHECK(server.init("rdinit=/init") == Texts{usual});
  CHECK(server.init("rdinit=/bin/nfsmount") ==
        Texts{"warning /bin/nfsmount of the initrd starts instead of its /init" + why, usual});
  const std::string aside =
      " the initrd has no /bin/x: the kernel leaves it aside, and mounts the root by itself";
  CHECK(server.init("rdinit=/bin/x") == Texts{"warning" + aside + why, usual});
  CHECK(server.init("rdinit=/bin/x", "root=nfs:10.0.0.2:/nfsroot/a") == Texts{"broken" + aside + why});
  CHECK(server.init("rdinit=/bin/x", by_kernel) == Texts{"warning" + aside + why, usual});
  server.with_initrd = "";
  CHECK(server.init("rdinit=/bin/x", by_kernel) == Texts{usual});
}

TEST_CASE("a machine ID that nodes would share") {
  Served server;
  const std::string text = "warning all nodes get one machine ID, and one DHCP client identifier with it";
  CHECK(server.init().size() == 1);
  std::filesystem::remove(server.tree.host(image_path + "/var/lib/dbus/machine-id"));
  server.tree.write(image_path + "/var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdef\n");
  CHECK(server.init().back() == text + " [/nfsroot/a/var/lib/dbus/machine-id is not empty]");
  std::filesystem::remove(server.tree.host(image_path + "/etc/machine-id"));
  server.tree.write(image_path + "/etc/machine-id", "uninitialized\n");
  CHECK(server.init().size() == 2);
  server.tree.write(image_path + "/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  CHECK(server.init().back() == text + " [/nfsroot/a/etc/machine-id is not empty]");
  server.become_sysvinit();
  CHECK(server.init().size() == 1);
}

TEST_CASE("who can log in where systemd is the init") {
  Served server;
  CHECK(server.login() == Texts{sshd, tty1});
  CHECK(server.login("console=tty0") == Texts{sshd, tty1});
  const std::string ttyS0 = "ok getty on ttyS0 [systemd-getty-generator]";
  CHECK(server.login("console=ttyS0,115200") == Texts{sshd, ttyS0});
  CHECK(server.login("console=tty0 console=ttyS0,115200n8") == Texts{sshd, tty1, ttyS0});
  CHECK(server.login("console=null") == Texts{sshd});
  SECTION("no sshd") {
    server.without("/usr/sbin/sshd");
    CHECK(server.login() == Texts{"warning openssh-server is not installed [no /usr/sbin/sshd]", tty1});
    CHECK(server.boot("").status() == StepStatus::warning);
  }
  SECTION("no host keys") {
    server.without("/etc/ssh/ssh_host_rsa_key");
    server.tree.write(image_path + "/etc/ssh/ssh_host_rsa_key.pub", "");
    CHECK(server.login().front() ==
          "warning sshd does not start: it has no host keys [no /etc/ssh/ssh_host_*_key]");
  }
  SECTION("not to be run") {
    server.tree.write(image_path + "/etc/ssh/sshd_not_to_be_run", "");
    CHECK(server.login().front() == "warning sshd does not start [/etc/ssh/sshd_not_to_be_run]");
  }
  SECTION("by its socket") {
    server.without(units + "multi-user.target.wants");
    CHECK(server.login() == Texts{tty1});
    server.tree.write(image_path + "/lib/systemd/system/ssh.socket", "");
    server.tree.link(image_path + units + "sockets.target.wants/ssh.socket",
                     "/lib/systemd/system/ssh.socket");
    CHECK(server.login() == Texts{"ok sshd [/etc/systemd/system/sockets.target.wants/ssh.socket]", tty1});
    // The unit that makes host keys at boot runs for ssh.service only, not for the socket.
    server.tree.program(image_path + "/usr/bin/ssh-keygen");
    for (auto path : {ssh_host_keys::config_path, ssh_host_keys::unit_path})
      server.tree.write(image_path + std::string(path), "");
    server.tree.link(image_path + std::string(ssh_host_keys::link_path),
                     std::string(ssh_host_keys::unit_path));
    CHECK(server.login().front() ==
          "warning sshd does not start: nobody makes its host keys "
          "[/etc/systemd/system/sockets.target.wants/ssh.socket starts it, and the keys are made for "
          "ssh.service]");
    server.tree.link(image_path + units + "multi-user.target.wants/ssh.service",
                     "/lib/systemd/system/ssh.service");
    CHECK(server.login().front() ==
          "ok sshd, with host keys that the node makes when it boots "
          "[/etc/systemd/system/multi-user.target.wants/ssh.service]");
  }
  SECTION("nobody") {
    server.tree.link(image_path + units + "ssh.service", "/dev/null");
    server.tree.link(image_path + units + "serial-getty@ttyS0.service", "/dev/null");
    CHECK(server.login() == Texts{tty1});
    CHECK(server.login("console=ttyS1") == Texts{"ok getty on ttyS1 [systemd-getty-generator]"});
    CHECK(server.login("console=ttyS0") ==
          Texts{"warning nobody can log in [neither sshd nor a getty on ttyS0 starts]"});
    server.without("/lib/systemd/system/getty@.service");
    CHECK(server.login() == Texts{"warning nobody can log in [neither sshd nor a getty on tty1 starts]"});
  }
  SECTION("a console without a getty's program") {
    server.without("/sbin/agetty");
    CHECK(server.login("console=ttyS0") == Texts{sshd});
  }
  SECTION("words that change what starts") {
    for (const std::string word : {"single", "1", "emergency", "-b", "systemd.unit=rescue.target"}) {
      CHECK(server.login(word) == Texts{"warning a root shell on the console, and neither sshd nor getty [" +
                                        word + " on the command line]"});
    }
    CHECK(
        server.login("systemd.unit=my.target").front() ==
        "warning krgboot cannot tell whether users can log in [systemd.unit=my.target on the command line]");
    CHECK(server.login("systemd.unit=my.target").size() == 1);
    CHECK(server.login("singles 3 single=1") == Texts{sshd, tty1});
  }
}

TEST_CASE("who can log in where sysvinit is the init") {
  Served server;
  server.become_sysvinit();
  const std::string ssh = "ok sshd [/etc/rc2.d/S16ssh]";
  CHECK(server.init() == Texts{"ok /sbin/init"});
  CHECK(server.login() == Texts{ssh, "ok getty on tty1 [/etc/inittab]"});
  CHECK(server.login("console=ttyS0") == Texts{ssh});  // only in runlevel 3
  CHECK(server.login("console=ttyS1,9600") == Texts{ssh, "ok getty on ttyS1 [/etc/inittab]"});
  CHECK(server.login("console=ttyS2") == Texts{ssh});  // not respawned
  CHECK(server.login("console=ttyS9") == Texts{ssh});  // in a comment
  // A runlevel other than inittab's.
  CHECK(server.login("3 console=ttyS0") == Texts{"ok getty on ttyS0 [/etc/inittab]"});
  CHECK(server.login("4 console=ttyS0") ==
        Texts{"warning nobody can log in [neither sshd nor a getty on ttyS0 starts]"});
  CHECK(server.login("S").front().starts_with("warning a root shell"));
  CHECK(server.login("emergency").front() == ssh);  // a keyword of systemd only
  std::filesystem::permissions(server.tree.host(image_path + "/etc/init.d/ssh"),
                               std::filesystem::perms(0644));
  CHECK(server.login() == Texts{"ok getty on tty1 [/etc/inittab]"});
}

TEST_CASE("an unknown init") {
  Served server;
  server.without("/sbin/init");
  server.tree.program(image_path + "/sbin/init");
  CHECK(server.login() == Texts{"warning krgboot cannot tell whether users can log in [/sbin/init is neither "
                                "systemd nor an init with an "
                                "/etc/inittab]"});
}
