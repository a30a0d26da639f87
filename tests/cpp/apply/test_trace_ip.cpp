// Which address ip= gives a machine, and what trace reports if it differs from DHCP's.

#include <string>
#include <vector>

#include "catch.hpp"
#include "served_image.hpp"

using namespace krgboot;
using krgboot::test::Served;
using krgboot::test::Texts;

namespace {

const std::string initramfs_tools_form = "boot=nfs root=/dev/nfs nfsroot=10.0.0.2:/nfsroot/a";
const std::string dracut_form = "root=nfs:10.0.0.2:/nfsroot/a:vers=3";
const std::string kernel_form = "root=/dev/nfs nfsroot=10.0.0.2:/nfsroot/a,nfsvers=3";
const std::string by_ip_word = " [ip= on the command line]";

/// Traces n1, 10.0.0.3, with these parameters. The kernel mounts the root itself if no initrd is loaded.
Trace booted(const Served& server, const std::string& words, const std::string& form) {
  auto initrd = form == kernel_form ? std::string() : server.with_initrd;
  server.tree.write("/srv/tftp/pxelinux.cfg/default", "DEFAULT x\nLABEL x\nKERNEL boot/a/vmlinuz\n" + initrd +
                                                          "APPEND " + words + " " + form + " ro\n");
  return trace(server.cluster, find_machine(server.cluster, "n1"), server.tree.root());
}

/// The steps between the command line and the root that are not ok.
Texts said(const Served& server, const std::string& words, const std::string& form) {
  Texts found;
  for (const auto& step : booted(server, words, form).steps) {
    if (step.status == StepStatus::ok ||
        (step.stage != BootStage::command_line && step.stage != BootStage::root))
      continue;
    found.push_back(to_string(step.status) + " " + step.what +
                    (step.why.empty() ? "" : " [" + step.why + "]"));
  }
  return found;
}

}  // namespace

TEST_CASE("an address that DHCP gives is what a trace expects", "[trace]") {
  Served server;
  for (const auto& form : {initramfs_tools_form, dracut_form, kernel_form}) {
    for (const auto* ip : {"dhcp", "on", "any", ":::::eth0:dhcp", "::::n1:eth0:any"}) {
      CAPTURE(form, ip);
      CHECK(said(server, std::string("ip=") + ip, form).empty());
    }
  }
  CHECK(said(server, "", initramfs_tools_form).empty());
  CHECK(said(server, "ip=", initramfs_tools_form).empty());
  CHECK(said(server, "ip=", dracut_form).empty());
  CHECK(said(server, "ip=eth0:dhcp", dracut_form).empty());
  CHECK(said(server, "ip=single-dhcp", dracut_form).empty());
  CHECK(said(server, "ip=off ip=dhcp", kernel_form).empty());  // the last one counts
}

TEST_CASE("the kernel needs ip= if it mounts the root itself", "[trace]") {
  Served server;
  const Texts none = {"broken the kernel gets no address [the command line has no ip=]"};
  CHECK(said(server, "", kernel_form) == none);
  CHECK(said(server, "ip", kernel_form) == none);
}

TEST_CASE("ip= may switch off what gives an address", "[trace]") {
  Served server;
  const std::string off = ": it switches the configuration of addresses off]";
  for (const auto* ip : {"off", "none", "::::n1:eth0:off"}) {
    CAPTURE(ip);
    auto why = " gets no address [\"ip=" + std::string(ip) + "\"" + off;
    CHECK(said(server, std::string("ip=") + ip, kernel_form) == Texts{"broken the kernel" + why});
    CHECK(said(server, std::string("ip=") + ip, initramfs_tools_form) == Texts{"broken the initrd" + why});
    CHECK(said(server, std::string("ip=") + ip, dracut_form) == Texts{"broken the initrd" + why});
  }
  CHECK(said(server, "ip=", kernel_form) == Texts{"broken the kernel gets no address [\"ip=\"" + off});
}

TEST_CASE("the address in ip= takes the place of DHCP's", "[trace]") {
  Served server;
  const std::string own = "ip=10.0.0.3:10.0.0.2:10.0.0.1:255.255.255.0:n1:eth0:off";
  const std::string other = "ip=10.0.0.9:10.0.0.2:10.0.0.1:255.255.255.0:n1:eth0:off";
  for (const auto& form : {initramfs_tools_form, dracut_form, kernel_form}) {
    CAPTURE(form);
    CHECK(said(server, own, form).empty());
    CHECK(said(server, other, form) ==
          Texts{"warning the machine takes the address 10.0.0.9, not 10.0.0.3" + by_ip_word,
                "broken /nfsroot/a [it is not exported to 10.0.0.9]"});
  }
  CHECK(said(server, "ip=10.0.0.3::::n1:eth0:static", initramfs_tools_form).empty());
  CHECK(said(server, "ip=10.0.0.3", kernel_form).empty());
  SECTION("and is the one that exports are asked for") {
    server.tree.write("/etc/exports.d/krgboot-a.exports",
                      "/nfsroot/a 10.0.0.9(ro,sync,no_root_squash,no_subtree_check)\n"
                      "/nfsroot/a/home 10.0.0.9(rw,sync,no_root_squash,no_subtree_check)\n");
    auto trace = booted(server, other, initramfs_tools_form);
    CHECK(trace.boots());
    CHECK(trace.machine.address == Ipv4Address::from_string("10.0.0.3"));
    CHECK(said(server, own, initramfs_tools_form) ==
          Texts{"broken /nfsroot/a [it is not exported to 10.0.0.3]"});
  }
  SECTION("and Kerrighed's node number") {
    auto trace = booted(server, other + " session_id=1", kernel_form);
    std::vector<std::string> kerrighed;
    for (const auto& step : trace.steps) {
      if (step.what.rfind("Kerrighed", 0) == 0) kerrighed.push_back(step.what);
    }
    CHECK(kerrighed == std::vector<std::string>{"Kerrighed session 1, node 9"});
  }
}

TEST_CASE("an address in ip= leaves more to be said", "[trace]") {
  Served server;
  CHECK(said(server, "ip=10.0.0.3::10.0.0.1::n1:eth0:none", dracut_form) ==
        Texts{"warning dracut does not work out the netmask of 10.0.0.3" + by_ip_word});
  CHECK(said(server, "ip=10.0.0.3 netmask=255.255.255.0", dracut_form).empty());
  const std::string besides = "warning ip= gives the address 10.0.0.3 and asks DHCP for one besides";
  CHECK(said(server, "ip=10.0.0.3:::::eth0:dhcp", kernel_form) == Texts{besides});
  CHECK(said(server, "ip=10.0.0.3:::::eth0:dhcp", dracut_form) ==
        Texts{besides + " [dracut refuses both at once]"});
  SECTION("who has the root") {
    const std::string open = "boot=nfs root=/dev/nfs nfsroot=/nfsroot/a";
    const std::string nobody = "broken the initrd is not told which server has the root";
    CHECK(said(server, "ip=dhcp", open).empty());
    CHECK(said(server, "ip=10.0.0.3:10.0.0.2::::eth0:none", open).empty());
    CHECK(said(server, "ip=10.0.0.3:10.0.0.8::::eth0:none", open) ==
          Texts{"broken 10.0.0.8:/nfsroot/a [the boot server is 10.0.0.2]"});
    CHECK(said(server, "ip=10.0.0.3:::::eth0:none", open) ==
          Texts{nobody + " [with the address in ip= it does not ask DHCP]"});
  }
}

TEST_CASE("dracut takes an ip= for each device", "[trace]") {
  Served server;
  const std::string two = "ip=eth0:dhcp ip=10.1.0.9::::n1:eth1:none";
  CHECK(said(server, two, dracut_form).empty());
  CHECK(said(server, two, initramfs_tools_form).size() == 2);
}

TEST_CASE("protocols that krgboot does not follow", "[trace]") {
  Served server;
  const std::string why = " [ip= on the command line; krgboot follows DHCP over IPv4]";
  for (const auto& form : {initramfs_tools_form, dracut_form, kernel_form}) {
    CAPTURE(form);
    CHECK(said(server, "ip=rarp", form) == Texts{"unknown the machine asks for its address by RARP" + why});
    for (const auto* ip : {"ip=bootp", "ip=both"}) {
      CHECK(
          said(server, ip, form) ==
          Texts{"warning the machine asks for its address by BOOTP [ip= on the command line; krgboot follows "
                "DHCP, and a server may answer BOOTP otherwise]"});
    }
  }
  for (const auto* ip : {"ip=dhcp6", "ip=auto6", "ip=either6", "ip=link6"}) {
    CHECK(said(server, ip, dracut_form) == Texts{"unknown the machine gets an IPv6 address only" + why});
  }
  CHECK(said(server, "ip=ibft", dracut_form) ==
        Texts{"unknown the machine takes the address that its firmware tells (iBFT)" + why});
}

TEST_CASE("what only dracut reads", "[trace]") {
  Served server;
  const std::string device = "\": only dracut takes a device before the first ':']";
  const std::string word = "\": only dracut knows this word]";
  CHECK(said(server, "ip=eth0:dhcp", kernel_form) ==
        Texts{"broken the kernel gets no address [\"ip=eth0:dhcp" + device});
  CHECK(said(server, "ip=eth0:dhcp", initramfs_tools_form) ==
        Texts{"broken the initrd gets no address [\"ip=eth0:dhcp" + device});
  for (const auto* ip : {"auto6", "either6", "link6", "single-dhcp", "ibft"}) {
    CAPTURE(ip);
    CHECK(said(server, std::string("ip=") + ip, kernel_form) ==
          Texts{"broken the kernel gets no address [\"ip=" + std::string(ip) + word});
    CHECK(said(server, std::string("ip=") + ip, initramfs_tools_form) ==
          Texts{"broken the initrd gets no address [\"ip=" + std::string(ip) + word});
  }
  CHECK(said(server, "ip=dhcp6", kernel_form).empty());
  CHECK(said(server, "ip=dhcp6", initramfs_tools_form).front().rfind("broken", 0) == 0);
  CHECK(
      said(server, "ip=10.0.0.3", initramfs_tools_form) ==
      Texts{"broken the initrd gets no address [\"ip=10.0.0.3\": initramfs-tools takes it for the name of a "
            "device]"});
}

TEST_CASE("an ip= that cannot be read", "[trace]") {
  Served server;
  const std::string shape =
      " [it is neither dhcp nor CLIENT:SERVER:GATEWAY:NETMASK:HOSTNAME:DEVICE:AUTOCONF]";
  for (const auto* ip :
       {"DHCP", "10.0.0", "10.0.0.300", "10.0.0.3:::::eth0:maybe", "[fe80::1]:::64::eth0:none"}) {
    CAPTURE(ip);
    auto text = "\"ip=" + std::string(ip) + "\"" + shape;
    CHECK(said(server, std::string("ip=") + ip, kernel_form) ==
          Texts{"broken the kernel cannot read " + text});
    // krgboot does not know how an initrd reads it.
    for (const auto& form : {initramfs_tools_form, dracut_form})
      CHECK(said(server, std::string("ip=") + ip, form) == Texts{"warning krgboot cannot read " + text});
  }
}
