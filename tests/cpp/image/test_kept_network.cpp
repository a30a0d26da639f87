#include <climits>
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
  /// The paths of the missing settings; writes each, and checks that none is missing afterwards.
  std::vector<std::string> settled(InitSystem init = InitSystem::systemd) {
    std::vector<std::string> paths;
    for (const auto& setting : missing(init)) {
      paths.push_back(setting.path);
      REQUIRE(setting.text.has_value());
      scratch.write(setting.path, *setting.text);
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
  // Configuration files alone start no service.
  tree.scratch.write("/etc/systemd/network/lan.network", "[Match]\nName=en*\n[Network]\nDHCP=yes\n");
  tree.scratch.write("/etc/network/interfaces", "auto eth0\niface eth0 inet dhcp\n");
  CHECK(tree.missing().empty());
}

TEST_CASE("networkd: a drop-in file for each file that may apply to the card") {
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
  tree.scratch.write("/usr/lib/systemd/network/70-empty.network", "[Match]\nName=e*\n");
  tree.scratch.write("/etc/systemd/network/70-empty.network", "");
  CHECK(tree.settled() == Paths{"/etc/systemd/network/50-cloud.network.d/zzz-krgboot.conf",
                                "/etc/systemd/network/lan.network.d/zzz-krgboot.conf"});
}

TEST_CASE("ifupdown: cards that have an address are not configured again, under either init") {
  NodeTree tree;
  tree.enable("networking");
  tree.scratch.write("/etc/network/interfaces", "source interfaces.d/*\nauto lo\niface lo inet loopback\n");
  CHECK(tree.missing().empty());
  tree.scratch.write("/etc/network/interfaces.d/lan", "auto ens3\niface ens3 inet dhcp\n");
  tree.scratch.write("/etc/default/networking", "VERBOSE=yes");
  REQUIRE(tree.missing().size() == 2);
  CHECK(tree.missing().front().why ==
        "ifupdown reconfigures ens3; this may be the card that carries the NFS root");
  CHECK(tree.settled() == Paths{"/etc/systemd/system/networking.service.d/krgboot.conf",
                                "/etc/systemd/system/ifup@.service.d/krgboot.conf"});
  CHECK(tree.settled(InitSystem::sysvinit) == Paths{"/etc/default/networking"});
  CHECK(tree.scratch.read("/etc/default/networking").find("VERBOSE=yes\n#") == 0);
}

TEST_CASE("networkd: the drop-in file of an earlier krgboot is enough where nothing overrides it") {
  NodeTree tree;
  tree.enable("systemd-networkd");
  tree.scratch.write("/etc/systemd/network/lan.network", "[Match]\nName=en*\n");
  tree.scratch.write("/etc/systemd/network/lan.network.d/krgboot.conf", "[Network]\nKeepConfiguration=yes\n");
  CHECK(tree.missing().empty());
  tree.scratch.write("/etc/systemd/network/lan.network.d/zz.conf", "[Network]\nKeepConfiguration=no\n");
  CHECK(tree.settled() == Paths{"/etc/systemd/network/lan.network.d/zzz-krgboot.conf"});
}

TEST_CASE("networkd: a later drop-in file that says otherwise is named, and nothing is written for it") {
  NodeTree tree;
  tree.enable("systemd-networkd");
  const std::string drop_ins = "/etc/systemd/network/lan.network.d/";
  tree.scratch.write("/etc/systemd/network/lan.network", "[Match]\nName=en*\n");
  tree.scratch.write("/usr/lib/systemd/network/lan.network.d/zzz.conf", "[Network]\nKeepConfiguration=no\n");
  tree.scratch.write(drop_ins + "zzzz.conf", "[Network]\nDHCP=yes\n");
  auto overridden = tree.missing();
  REQUIRE(overridden.size() == 1);
  CHECK_FALSE(overridden.front().text.has_value());
  CHECK(overridden.front().path == "/usr/lib/systemd/network/lan.network.d/zzz.conf");
  CHECK(overridden.front().why.find("zzz.conf overrides KeepConfiguration=yes of zzz-krgboot.conf") !=
        std::string::npos);
  // Nor does krgboot's own drop-in file help.
  tree.scratch.write(drop_ins + "zzz-krgboot.conf", "[Network]\nKeepConfiguration=yes\n");
  CHECK(tree.missing().size() == 1);
  tree.scratch.write(drop_ins + "zzzz.conf", "[Network]\nKeepConfiguration=yes\n");
  CHECK(tree.missing().empty());
}

TEST_CASE("networkd: a name that is too long for a drop-in file is reported, and blocks nothing") {
  NodeTree tree;
  tree.enable("systemd-networkd");
  auto name = std::string(NAME_MAX - 8, 'x') + ".network";
  tree.scratch.write("/etc/systemd/network/" + name, "[Match]\nName=en*\n");
  tree.scratch.write("/etc/systemd/network/lan.network", "[Match]\nName=en*\n");
  auto settings = tree.missing();
  REQUIRE(settings.size() == 2);
  CHECK(settings[0].path == "/etc/systemd/network/lan.network.d/zzz-krgboot.conf");
  CHECK_FALSE(settings[1].text.has_value());
  CHECK(settings[1].path == "/etc/systemd/network/" + name);
}

TEST_CASE("ifupdown: a setting under another comment is not added again") {
  NodeTree tree;
  tree.enable("networking");
  tree.scratch.write("/etc/network/interfaces", "auto a\niface a inet dhcp\n");
  tree.settled(InitSystem::sysvinit);
  auto text = tree.scratch.read("/etc/default/networking");
  tree.scratch.write("/etc/default/networking",
                     "# Of an earlier version\n" + text.substr(text.find('\n') + 1));
  CHECK(tree.missing(InitSystem::sysvinit).empty());
}

namespace {

/// Are the cards of /etc/network/FILE found if /etc/network/interfaces contains `line`?
bool reads(const std::string& line, const std::string& file = "/etc/network/sub/lan") {
  NodeTree tree;
  tree.enable("networking");
  tree.scratch.write("/etc/network/interfaces", line + "\n");
  tree.scratch.write(file, "auto ens3\niface ens3 inet dhcp\n");
  CAPTURE(line, file);
  return !tree.missing().empty();
}

}  // namespace

TEST_CASE("ifupdown: paths are resolved as ifupdown does") {
  CHECK(reads("source-directory /etc/network/sub/"));
  CHECK(reads("source-directory sub"));
  CHECK(reads("source-directory /etc/network/su?"));
  CHECK(reads("source-dir sub"));
  CHECK(reads("source-directory", "/etc/network/lan"));
  CHECK(reads("source /etc/network//sub/./lan"));
  CHECK(reads("source ../network/sub/lan"));
  CHECK(reads("source ../../../etc/network/sub/lan"));
  CHECK(reads("source sub/*"));
  CHECK(reads("source */l*"));
  CHECK(reads("source /lan", "/lan"));
  CHECK(reads("source none sub/lan"));
}

TEST_CASE("ifupdown: a relative path is of the directory of the file where it stands") {
  NodeTree tree;
  tree.enable("networking");
  tree.scratch.write("/etc/network/interfaces", "source sub/more\n");
  tree.scratch.write("/etc/network/sub/more", "source lan\n");
  tree.scratch.write("/etc/network/lan", "auto wrong\niface wrong inet dhcp\n");
  CHECK(tree.missing().empty());
  tree.scratch.write("/etc/network/sub/lan", "auto ens3\niface ens3 inet dhcp\n");
  CHECK(tree.missing().size() == 2);
}

TEST_CASE("ifupdown: source-directory reads files of plain names only, and source no directory") {
  CHECK(reads("source-directory sub", "/etc/network/sub/a-Z_9"));
  auto name = GENERATE(as<std::string>{}, "eth0.bak", "lan~", ".lan", "lan.dpkg-new", "l an", "l\xc3\xa4n");
  CHECK_FALSE(reads("source-directory sub", "/etc/network/sub/" + name));
  CHECK_FALSE(reads("source sub"));
  CHECK_FALSE(reads("source sub/"));
}

TEST_CASE("ifupdown: an invalid path blocks nothing") {
  NodeTree tree;
  tree.enable("networking");
  auto path =
      GENERATE(as<std::string>{}, "/", "//", ".", "..", "/..", "../..", "/*/", std::string("/a\0b", 4),
               "/" + std::string(300, 'a'), "/" + std::string(300, 'a') + "/x", std::string(5000, 'a'),
               std::string(5000, '/'), "/etc/network/loop", "/etc/network/loop/x", "/etc/network/loop/*",
               "/etc/network/interfaces/x", "[", "$(x)", "\"a\"");
  CAPTURE(path);
  tree.scratch.link("loop", "/etc/network/loop");
  tree.scratch.write("/etc/network/interfaces", "source " + path + "\nsource-directory " + path + "\n" +
                                                    "auto ens3\niface ens3 inet dhcp\n");
  CHECK(tree.settled().size() == 2);
}

TEST_CASE("ifupdown: files that name each other without end are read to an end") {
  NodeTree tree;
  tree.enable("networking");
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "/*";
  std::string many;
  for (int i = 0; i < 200; ++i) many += "source x" + std::to_string(i) + "\nsource " + deep + "\n";
  tree.scratch.write("/etc/network/interfaces", many + "auto ens3\niface ens3 inet dhcp\n");
  CHECK(tree.settled().size() == 2);
}

TEST_CASE("ifupdown: files that read each other end") {
  NodeTree tree;
  tree.enable("networking");
  tree.scratch.write("/etc/network/interfaces", "source-directory /etc/network\nauto a\niface a inet dhcp\n");
  CHECK(tree.settled().size() == 2);
}

TEST_CASE("NetworkManager and dhcpcd, under either init") {
  NodeTree tree;
  auto init = GENERATE(InitSystem::systemd, InitSystem::sysvinit);
  tree.enable("NetworkManager");
  tree.enable("dhcpcd");
  tree.scratch.write("/etc/dhcpcd.conf", "duid\n");
  CHECK(tree.settled(init) == Paths{"/etc/udev/rules.d/86-krgboot.rules", "/etc/dhcpcd.conf"});
}
