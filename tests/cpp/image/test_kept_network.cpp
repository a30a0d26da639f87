#include <string>
#include <vector>

#include "catch.hpp"
#include "image/kept_network.hpp"
#include "system/scratch.hpp"

using namespace krgboot;

namespace {

struct NodeTree {
  void enable(const std::string& service) {
    scratch.link("/lib/systemd/system/" + service + ".service",
                 "/etc/systemd/system/multi-user.target.wants/" + service + ".service");
  }
  std::vector<NetworkSetting> missing(InitSystem init = InitSystem::systemd) const {
    return missing_network_settings(scratch.root(), KeptNetwork{init});
  }
  /// The paths of what is missing; each is written, and then none may be.
  std::vector<std::string> settled(InitSystem init = InitSystem::systemd) {
    std::vector<std::string> paths;
    for (const auto& setting : missing(init)) {
      paths.push_back(setting.path);
      scratch.write(setting.path, setting.text);
    }
    CHECK(missing(init).empty());
    return paths;
  }
  Scratch scratch;
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("an image whose services leave the network alone needs nothing") {
  NodeTree tree;
  CHECK(tree.missing().empty());
  // Files alone start no service.
  tree.scratch.write("/etc/systemd/network/lan.network", "[Match]\nName=en*\n[Network]\nDHCP=yes\n");
  tree.scratch.write("/etc/network/interfaces", "auto eth0\niface eth0 inet dhcp\n");
  CHECK(tree.missing().empty());
}

TEST_CASE("networkd: a drop-in file for each file that may be of the card") {
  NodeTree tree;
  tree.enable("systemd-networkd");
  tree.scratch.write("/etc/systemd/network/lan.network", "[Match]\nName=en*\n[Network]\nDHCP=yes\n");
  tree.scratch.write("/etc/systemd/network/other.network", "[Match]\nName=eth0\n");
  tree.scratch.write("/etc/systemd/network/other.network.d/90-keep.conf",
                     "[Network]\nKeepConfiguration=yes\n");
  tree.scratch.write("/etc/systemd/network/wireless.network", "[Match]\nType=wlan\n");
  tree.scratch.write("/usr/lib/systemd/network/50-cloud.network", "[Match]\nName=e*\n");
  tree.scratch.write("/usr/lib/systemd/network/lan.network", "[Match]\nName=lo\n");  // overridden
  tree.scratch.write("/usr/lib/systemd/network/60-off.network", "[Match]\nName=e*\n");
  tree.scratch.link("/dev/null", "/etc/systemd/network/60-off.network");
  CHECK(tree.settled() == Paths{"/etc/systemd/network/50-cloud.network.d/krgboot.conf",
                                "/etc/systemd/network/lan.network.d/krgboot.conf"});
}

TEST_CASE("ifupdown: cards that have an address are done, for either init in its own way") {
  NodeTree tree;
  tree.enable("networking");
  tree.scratch.write("/etc/network/interfaces", "source interfaces.d/*\nauto lo\niface lo inet loopback\n");
  CHECK(tree.missing().empty());
  tree.scratch.write("/etc/network/interfaces.d/lan", "auto ens3\niface ens3 inet dhcp\n");
  tree.scratch.write("/etc/default/networking", "VERBOSE=yes");
  REQUIRE(tree.missing().size() == 2);
  CHECK(tree.missing().front().why ==
        "ifupdown configures ens3 anew, which may be the card that the root came by");
  CHECK(tree.settled() == Paths{"/etc/systemd/system/networking.service.d/krgboot.conf",
                                "/etc/systemd/system/ifup@.service.d/krgboot.conf"});
  CHECK(tree.settled(InitSystem::sysvinit) == Paths{"/etc/default/networking"});
  CHECK(tree.scratch.read("/etc/default/networking").find("VERBOSE=yes\n#") == 0);
}

TEST_CASE("ifupdown: files that read each other end") {
  NodeTree tree;
  tree.enable("networking");
  tree.scratch.write("/etc/network/interfaces", "source-directory /etc/network\nauto a\niface a inet dhcp\n");
  CHECK(tree.settled().size() == 2);
}

TEST_CASE("NetworkManager and dhcpcd, by whichever init") {
  NodeTree tree;
  auto init = GENERATE(InitSystem::systemd, InitSystem::sysvinit);
  tree.enable("NetworkManager");
  tree.enable("dhcpcd");
  tree.scratch.write("/etc/dhcpcd.conf", "duid\n");
  CHECK(tree.settled(init) == Paths{"/etc/udev/rules.d/86-krgboot.rules", "/etc/dhcpcd.conf"});
}
