#include <chrono>
#include <string>
#include <vector>

#include "catch.hpp"
#include "image/dhcpcd_conf.hpp"
#include "image/interfaces.hpp"
#include "image/networkd_network.hpp"

using namespace krgboot;

namespace {

NetworkdNetwork network(const std::string& text, const std::string& drop_in = "") {
  NetworkdNetwork read;
  read.add(text);
  read.add(drop_in);
  return read;
}

std::vector<std::string> configured(const std::string& text) {
  Interfaces interfaces;
  interfaces.add(text);
  return interfaces.configured();
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE(".network files that may apply to the boot card") {
  auto text =
      GENERATE(as<std::string>{}, "[Match]\nName=en*\n", "[Match]\nName=eth0 lo\n", "[Match]\nType=ether\n",
               "[Match]\nMACAddress=52:54:00:12:34:56\n", "[Match]\nName=*\n", "[Match]\nType=!wlan\n",
               "[Match]\nName=wl*\nName=\nName=lan0\n", "[Network]\nDHCP=yes\n", "[Match]\nDriver=e1000e\n",
               "[Match]\nVirtualization=!container\n", "[Match]\nKind=!*\n", "[Match]\nKind=!bridge !veth\n",
               "[Match]\nKind=!bridge veth\n", "[Match]\nKind=bridge\nKind=\n", "[Match]\nSSID=!home\n",
               "[Match]\nBSSID=\n", "[Match]\nWLANInterfaceType=!station\n", "[Match]\nType=e*\n",
               "[Match]\nType=wlan ether\n", "[Match]\nType=wlan\nType=\n", "[Match]\nType=\"ether\"\n",
               "[Match]\nName=!lo\n", "[Match]\nName=!wl* ww*\n", "[Match]\nName=wl*\ten*\n",
               "[Match]\nName=\"en*\"\n", "[Match]\nDriver=!veth\n", "[Match]\nDriver=veth e1000e\n",
               "[Match]\nVirtualization=container\nVirtualization=\n");
  CAPTURE(text);
  CHECK(network(text).may_be_of_boot_card());
}

TEST_CASE(".network files for other interfaces") {
  auto text = GENERATE(
      as<std::string>{}, "[Match]\nName=lo\n", "[Match]\nName=wlan0 ww*\n", "[Match]\nType=wlan\n",
      "[Match]\nName=ve-*\nDriver=veth\n", "[Match]\nVirtualization=container\nName=host0\n",
      "[Match]\nKind=bridge\n", "[Match]\nName=br0\n", "[Match]\nName=6rd-*\nType=sit\n", "[Match]\nKind=*\n",
      "[Match]\nKind=!bridge\nKind=veth\n", "[Match]\nSSID=home\n", "[Match]\nBSSID=01:23:45:67:89:ab\n",
      "[Match]\nWLANInterfaceType=station\n", "[Match]\nType=!ether\n", "[Match]\nType=!wlan e*\n",
      "[Match]\nType=!*\n", "[Match]\nType=wlan wwan\n", "[Match]\nName=!*\n",
      "[Match]\nName=en*\nName=!en*\n", "[Match]\nDriver=veth bridge\n");
  CAPTURE(text);
  CHECK_FALSE(network(text).may_be_of_boot_card());
}

TEST_CASE("a card keeps its address where a .network file or a drop-in file says so") {
  auto text =
      GENERATE(as<std::string>{}, "[Network]\nKeepConfiguration=yes\n", "[Network]\nKeepConfiguration = on\n",
               "[Network]\nKeepConfiguration=true\n", "[DHCP]\nCriticalConnection=yes\n",
               "[Link]\nUnmanaged=yes\n", "[Network]\nKeepConfiguration=no\nKeepConfiguration=1\n");
  CAPTURE(text);
  CHECK(network("[Match]\nName=en*\n[Network]\nDHCP=yes\n", text).keeps_address());
  CHECK(network(text).keeps_address());
}

TEST_CASE("it does not if a later setting overrides that") {
  auto text = GENERATE(as<std::string>{}, "", "[Network]\nKeepConfiguration=static\n",
                       "[Network]\nKeepConfiguration=dhcp\n", "#[Network]\nKeepConfiguration=yes\n",
                       "[Network]\n#KeepConfiguration=yes\n", "[Match]\nKeepConfiguration=yes\n",
                       "[Network]\nKeepConfiguration=yes\nKeepConfiguration=no\n");
  CAPTURE(text);
  CHECK_FALSE(network(text).keeps_address());
  CHECK_FALSE(
      network("[Network]\nKeepConfiguration=yes\n", "[Network]\nKeepConfiguration=no\n").keeps_address());
}

TEST_CASE("cards that ifupdown configures") {
  CHECK(configured("auto lo\niface lo inet loopback\n").empty());
  CHECK(configured("auto eth0\niface eth0 inet dhcp\n") == Names{"eth0"});
  CHECK(configured("# auto eth0\nallow-hotplug ens3\niface ens3 inet static\n  address 10.0.0.2/24\n") ==
        Names{"ens3"});
  CHECK(configured("auto eth0\niface eth0 inet manual\n").empty());
  CHECK(configured("iface eth0 inet dhcp\n").empty());
  CHECK(configured("auto \\\n  eth0\niface eth0 inet dhcp\n") == Names{"eth0"});
  CHECK(configured("auto /en*\niface enp1s0 inet dhcp\n") == Names{"enp1s0"});
  CHECK(configured("auto /en*=lan\niface lan inet dhcp\n") == Names{"/en*"});
  CHECK(configured("auto /en*=lan\niface lan inet manual\n").empty());
  CHECK(configured("auto mac/52:54:*\niface enp1s0 inet dhcp\n") == Names{"enp1s0"});
  CHECK(configured("auto mac/52:54:*=lan\niface lan inet dhcp\niface b inet dhcp\n") == Names{"mac/52:54:*"});
}

TEST_CASE("names that no card can have") {
  CHECK(configured("auto fifteen-letters\niface fifteen-letters inet dhcp\n") == Names{"fifteen-letters"});
  CHECK(configured("auto sixteen--letters\niface sixteen--letters inet dhcp\n").empty());
  CHECK(configured("auto /s*\niface sixteen--letters inet dhcp\n").empty());
  CHECK(configured("auto sixteen--letters=a =a\niface a inet dhcp\n").empty());
  // A stanza may have such a name.
  CHECK(configured("auto eth0=sixteen--letters\niface sixteen--letters inet dhcp\n") == Names{"eth0"});
}

TEST_CASE("hostile names and patterns are processed quickly") {
  constexpr std::size_t size = 250'000;
  std::string text;
  for (int i = 0; i < 500; ++i) {
    auto number = std::to_string(i);
    text += "auto /*" + std::string(size / 100, 'a') + number + "\niface " + std::string(size / 100, 'a') +
            number + " inet dhcp\n";
  }
  text += "auto /*" + std::string(size, 'a') + "b\niface " + std::string(size, 'a') + " inet dhcp\n";
  auto start = std::chrono::steady_clock::now();
  CHECK(configured(text).empty());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("files that an interfaces file reads besides") {
  Interfaces interfaces;
  auto sources = interfaces.add("source /etc/network/interfaces.d/*\nsource-directory more\n");
  REQUIRE(sources.size() == 2);
  CHECK(sources[0].path == "/etc/network/interfaces.d/*");
  CHECK_FALSE(sources[0].is_directory);
  CHECK(sources[1].path == "more");
  CHECK(sources[1].is_directory);
  auto other = interfaces.add("source-dir other\nsources not\nsource\n");
  REQUIRE(other.size() == 1);
  CHECK(other[0].path == "other");
  CHECK(other[0].is_directory);
}

TEST_CASE("a dhcpcd.conf that leaves cards as they are") {
  CHECK(dhcpcd_conf::is_persistent("duid\npersistent\n"));
  CHECK(dhcpcd_conf::is_persistent("\tpersistent # always\ninterface eth0\n"));
  CHECK_FALSE(dhcpcd_conf::is_persistent(""));
  CHECK_FALSE(dhcpcd_conf::is_persistent("#persistent\n"));
  CHECK_FALSE(dhcpcd_conf::is_persistent("interface wlan0\npersistent\n"));
  CHECK_FALSE(dhcpcd_conf::is_persistent("persistently\n"));
}

TEST_CASE("the setting is added before any section") {
  const std::string before = "duid\ninterface wlan0\nnoipv6\n";
  auto text = dhcpcd_conf::with_persistent(before);
  CHECK(dhcpcd_conf::is_persistent(text));
  CHECK(text.substr(text.size() - before.size()) == before);
}
