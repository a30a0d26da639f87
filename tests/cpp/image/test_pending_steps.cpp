#include "krgboot/base/error.hpp"
#include "krgboot/image/configure.hpp"

#include <filesystem>

#include <sys/stat.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "image/step_facts.hpp"
#include "system/scratch.hpp"

using namespace krgboot;

namespace {

constexpr const char* status_text =
    "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21.22\n\n"
    "Package: isc-dhcp-client\nStatus: hold ok installed\nArchitecture: amd64\nVersion: 4.4.3\n"
    "Description: a client\n Package: hidden\nProvides: dhcp-client (= 4), dhcp-client-ipv6\n\n"
    "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"
    "Package: nfs-common\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.6.2\n";

struct DebianTree {
  DebianTree() { scratch.write("/var/lib/dpkg/status", status_text); }
  /// Why the state is pending; empty if it is reached.
  std::string why(const ImageState& state) const {
    auto pending = pending_steps(scratch.root(), {{"/image", "images.a", state}});
    REQUIRE(pending.size() <= 1);
    if (pending.empty()) return {};
    CHECK(pending[0].before != pending[0].after);
    return pending[0].why;
  }
  Scratch scratch;
};

}  // namespace

TEST_CASE("packages are there by their own names, or by what they provide") {
  DebianTree tree;
  CHECK(tree.why(InstalledPackages{{"dhcp-client", "isc-dhcp-client", "nfs-common"}}).empty());
  CHECK(tree.why(InstalledPackages{{"less", "nfs-common"}}) == "less is not installed");
  CHECK(tree.why(InstalledPackages{{"gone", "hidden", "nfs-common"}}) == "gone, hidden are not installed");
}

TEST_CASE("the remains of an interrupted dpkg are reported") {
  DebianTree tree;
  tree.scratch.write("/var/lib/dpkg/status",
                     std::string(status_text) + "\nPackage: less\nStatus: install ok unpacked\nVersion: 1\n");
  auto pending = pending_steps(tree.scratch.root(), {{"/image", "", InstalledPackages{{"nfs-common"}}}});
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].why == "less is installed halfway");
  CHECK(tree.why(InstalledPackages{{"less"}}) == "less is not installed");
  tree.scratch.write("/var/lib/dpkg/status", status_text);
  tree.scratch.write("/var/lib/dpkg/updates/0001", "Package: less\n");
  pending = pending_steps(tree.scratch.root(), {{"/image", "", InstalledPackages{{"nfs-common"}}}});
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].why == "dpkg was interrupted");
}

TEST_CASE("names of kernels are links; that of an initrd may lead nowhere yet") {
  DebianTree tree;
  NamedKernels names{{"initrd.img", "vmlinuz"}};
  CHECK(tree.why(names) == "/boot/initrd.img, /boot/vmlinuz are not there");
  tree.scratch.link("vmlinuz-1", "/boot/vmlinuz");
  tree.scratch.link("initrd.img-1", "/boot/initrd.img");
  CHECK(tree.why(names) == "/boot/vmlinuz is not there");
  tree.scratch.write("/boot/vmlinuz-1", "kernel");
  CHECK(tree.why(names).empty());
}

TEST_CASE("an ssh server needs each of its keys, with both halves") {
  DebianTree tree;
  SshHostKeys keys{{"ed25519", "rsa"}};
  CHECK(tree.why(keys) == "the ssh server has no host key of types ed25519, rsa");
  for (const auto* name : {"ed25519", "rsa"}) {
    tree.scratch.write(std::string("/etc/ssh/ssh_host_") + name + "_key", "private");
    tree.scratch.write(std::string("/etc/ssh/ssh_host_") + name + "_key.pub", "ssh-x AAAA root@image");
  }
  CHECK(tree.why(keys).empty());
  tree.scratch.write("/etc/ssh/ssh_host_rsa_key", "");
  CHECK(tree.why(keys) == "the ssh server has no host key of type rsa");
}

TEST_CASE("the build host's own key is no key of an image") {
  DebianTree tree;
  Scratch host;
  for (const auto* name : {"ed25519", "rsa"}) {
    auto path = std::string("/etc/ssh/ssh_host_") + name + "_key";
    tree.scratch.write(path, "private");
    tree.scratch.write(path + ".pub", "ssh-x AAAA" + std::string(name) + " root@image\n");
    host.write(path + ".pub", "ssh-x BBBB" + std::string(name) + " root@host\n");
  }
  SshHostKeys keys{{"ed25519", "rsa"}};
  CHECK(wanting_host_keys(tree.scratch.root(), keys, host.root()).types.empty());
  // The comment of a key is not compared.
  tree.scratch.write("/etc/ssh/ssh_host_rsa_key.pub", "ssh-x BBBBrsa root@image\n");
  auto wanting = wanting_host_keys(tree.scratch.root(), keys, host.root());
  CHECK(wanting.types == std::vector<std::string>{"rsa"});
  CHECK(wanting.is_the_hosts);
}

TEST_CASE("a service is started by links of either init") {
  DebianTree tree;
  EnabledService service{"kerrighed-host"};
  tree.scratch.link("../init.d/kerrighed-host", "/etc/rc2.d/K01kerrighed-host");
  tree.scratch.link("../init.d/kerrighed-host", "/etc/rc6.d/S99kerrighed-host");
  CHECK(tree.why(service) == "kerrighed-host is not started at boot");
  SECTION("sysvinit") {
    tree.scratch.link("../init.d/kerrighed-host", "/etc/rc2.d/S99kerrighed-host");
  }
  SECTION("sysvinit, before any runlevel") {
    tree.scratch.link("../init.d/kerrighed-host", "/etc/rcS.d/S02kerrighed-host");
  }
  SECTION("systemd") {
    tree.scratch.link("/lib/systemd/system/kerrighed-host.service",
                      "/etc/systemd/system/multi-user.target.wants/kerrighed-host.service");
  }
  CHECK(tree.why(service).empty());
}

TEST_CASE("a file that overrides krgboot's for a card is reported as one that its owner must change") {
  DebianTree tree;
  tree.scratch.link("/lib/systemd/system/systemd-networkd.service",
                    "/etc/systemd/system/multi-user.target.wants/systemd-networkd.service");
  tree.scratch.write("/etc/systemd/network/lan.network", "[Match]\nName=en*\n");
  const std::string file = "/etc/systemd/network/lan.network.d/zzz.conf";
  tree.scratch.write(file, "[Network]\nKeepConfiguration=no\n");
  KeptNetwork kept{InitSystem::systemd};
  CHECK(tree.why(kept).find(file + " overrides KeepConfiguration=yes of zzz-krgboot.conf") == 0);
  auto thrown = error_of<ConflictError>([&] {
    configure(tree.scratch.root(), {{"/image", "images.a", kept}});
    return 0;
  });
  CHECK(thrown.code == "configure.pending");
  CHECK(thrown.message.find(file) != std::string::npos);
  CHECK_FALSE(tree.scratch.exists("/etc/systemd/network/lan.network.d/zzz-krgboot.conf"));
  tree.scratch.write(file, "[Network]\nDHCP=yes\n");
  CHECK(configure(tree.scratch.root(), {{"/image", "images.a", kept}}).size() == 1);
  CHECK(configure(tree.scratch.root(), {{"/image", "images.a", kept}}).empty());
}

TEST_CASE("adding a setting to a file keeps its mode") {
  DebianTree tree;
  tree.scratch.link("/lib/systemd/system/dhcpcd.service",
                    "/etc/systemd/system/multi-user.target.wants/dhcpcd.service");
  tree.scratch.write("/etc/dhcpcd.conf", "duid\n");
  REQUIRE(chmod(tree.scratch.host("/etc/dhcpcd.conf").c_str(), 0600) == 0);
  CHECK(configure(tree.scratch.root(), {{"/image", "images.a", KeptNetwork{InitSystem::systemd}}}).size() ==
        1);
  CHECK(tree.scratch.read("/etc/dhcpcd.conf").find("persistent\nduid\n") != std::string::npos);
  CHECK(tree.scratch.root().status("/etc/dhcpcd.conf")->mode == 0600);
}

TEST_CASE("an initramfs is up to date only for the inputs that it was made from") {
  DebianTree tree;
  BuiltInitramfs built{Initramfs::initramfs_tools, "vmlinuz-6.1.0-18-amd64", "initrd.img-6.1.0-18-amd64"};
  CHECK(tree.why(built) == "/boot/vmlinuz-6.1.0-18-amd64 is not there");
  tree.scratch.write("/boot/vmlinuz-6.1.0-18-amd64", "kernel");
  CHECK(tree.why(built) == "/boot/initrd.img-6.1.0-18-amd64 is not there");
  tree.scratch.write("/boot/initrd.img-6.1.0-18-amd64", "initrd");
  CHECK(tree.why(built) == "/boot/initrd.img-6.1.0-18-amd64 was not made from the current configuration");

  auto digest = [&] {
    auto pending = pending_steps(tree.scratch.root(), {{"/image", "", built}});
    return pending.at(0).after.at(0);
  };
  auto before = digest();
  for (const auto* path : {"/etc/initramfs-tools/conf.d/krgboot", "/etc/modules", "/etc/modprobe.d/nic.conf",
                           "/lib/modules/6.1.0-18-amd64/modules.dep"}) {
    tree.scratch.write(path, "x\n");
    CAPTURE(path);
    CHECK(digest() != before);
    before = digest();
  }
  tree.scratch.write("/etc/dracut.conf.d/x.conf", "x\n");
  tree.scratch.write("/etc/hosts", "x\n");
  CHECK(digest() == before);
}

TEST_CASE("an unreadable record counts as missing") {
  auto text = GENERATE(as<std::string>(), "", "[]", "{\"locales\": 1}", "{", "\xff");
  DebianTree tree;
  tree.scratch.write(configured_record, text);
  CHECK_FALSE(tree.why(GeneratedLocale{"de_DE.UTF-8"}).empty());
}

TEST_CASE("Kerrighed's package is identified by its inputs") {
  DebianTree tree;
  Scratch source;
  source.write("/kerrighed.tar", "bytes");
  InstalledKerrighed state{source.host("/kerrighed.tar")};
  auto pending = pending_steps(tree.scratch.root(), {{"/image", "", state}});
  REQUIRE(pending.size() == 1);
  auto wanted = pending[0].after.at(0);  // "kerrighed-built 0+..."
  auto blank = wanted.find(' ');
  tree.scratch.write("/var/lib/dpkg/status",
                     std::string(status_text) + "\nPackage: " + wanted.substr(0, blank) +
                         "\nStatus: install ok installed\nVersion:" + wanted.substr(blank) + "\n");
  CHECK(tree.why(state).empty());
  source.write("/kerrighed.tar", "other");
  CHECK(tree.why(state) == state.source + " has changed since it was installed");
  std::filesystem::remove(state.source);
  CHECK(tree.why(state).empty());
  CHECK(tree.why(InstalledPackages{{"nfs-common"}}).empty());
}

TEST_CASE("no link of an image leads to the host's database or record") {
  Scratch tree;
  tree.write("/var/lib/dpkg/x", "");
  tree.link("/etc/passwd", "/var/lib/dpkg/status");  // there is none inside
  CHECK(pending_steps(tree.root(), {{"/image", "", InstalledPackages{{"less"}}}}).empty());
}

TEST_CASE("a tree that is no Debian has nothing to wait for, and cannot be configured") {
  Scratch tree;
  std::vector<ImageStep> steps{{"/image", "", InstalledPackages{{"less"}}}};
  CHECK(pending_steps(tree.root(), steps).empty());
  auto thrown = error_of<IoError>([&] {
    configure(tree.root(), steps);
    return 0;
  });
  CHECK(thrown.code == "io.configure");
  CHECK(thrown.message.find("no Debian tree") != std::string::npos);
}
