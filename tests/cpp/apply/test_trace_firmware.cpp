#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"

#include <string>

#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::says;
using krgboot::test::ServerTree;

namespace {

/// The dhcpd.conf of a site that serves every firmware.
constexpr auto by_architecture = R"(
option client-arch code 93 = array of unsigned integer 16;
subnet 10.9.0.0 netmask 255.255.255.0 {
  range 10.9.0.100 10.9.0.200;
  next-server 10.0.0.2;
  if exists user-class and option user-class = "iPXE" { filename "boot.ipxe"; }
  elsif option client-arch = 00:10 and substring(option vendor-class-identifier, 0, 10) = "HTTPClient" {
    option vendor-class-identifier "HTTPClient";
    filename "http://10.0.0.2/shimx64.efi"; }
  elsif option client-arch = 00:07 or option client-arch = 00:09 { filename "shimx64.efi"; }
  else { filename "pxelinux.0"; }
}
)";

/// The start of a UEFI program for x86-64.
std::string uefi_program() {
  std::string head(0x80, '\0');
  head.replace(0, 2, "MZ");
  head[0x3c] = 0x40;
  head.replace(0x40, 6, std::string("PE\0\0\x64\x86", 6));
  return head;
}

struct Site {
  ServerTree tree;
  Cluster cluster = ServerTree::cluster();
  explicit Site(const std::string& dhcpd_conf) {
    apply(cluster, tree.root(), krgboot::test::unchecked());
    if (!dhcpd_conf.empty()) tree.write("/etc/dhcp/dhcpd.conf", dhcpd_conf);
    tree.write("/srv/tftp/shimx64.efi", uefi_program());
    tree.write("/srv/tftp/boot.ipxe", "#!ipxe\n");
  }
  Trace of(const std::string& machine, Firmware firmware) const {
    auto who = find_machine(cluster, machine);
    who.firmware = firmware;
    return trace(cluster, who, tree.root());
  }
};

constexpr auto stranger = "52:54:00:ff:ff:ff";

}  // namespace

TEST_CASE("a machine with UEFI does not start a program for BIOS") {
  Site site("");
  CHECK(site.of("n1", Firmware::bios).boots());
  auto uefi = site.of("n1", Firmware::uefi);
  CHECK(uefi.verdict() == "would not boot");
  CHECK(says(uefi, StepStatus::broken, "pxelinux.0 pxelinux is not a program for UEFI on x86-64"));
  CHECK(to_string(uefi).starts_with("n1 by uefi would not boot\n"));
  CHECK(to_json(uefi).find("\"firmware\": \"uefi\"") != std::string::npos);
  CHECK(site.of("n1", Firmware::ipxe).boots());
  auto http = site.of("n1", Firmware::uefi_http);
  CHECK(says(http, StepStatus::broken, "the firmware ignores the offer"));
}

TEST_CASE("a configuration that tells firmwares apart is followed for each") {
  Site site(by_architecture);
  auto bios = site.of(stranger, Firmware::bios);
  CHECK(says(bios, StepStatus::ok, "boots pxelinux.0 from 10.0.0.2"));
  auto uefi = site.of(stranger, Firmware::uefi);
  CHECK(says(uefi, StepStatus::ok, "boots shimx64.efi from 10.0.0.2"));
  CHECK(says(uefi, StepStatus::unknown, "shim, which loads GRUB"));
  auto http = site.of(stranger, Firmware::uefi_http);
  CHECK(says(http, StepStatus::ok, "boots http://10.0.0.2/shimx64.efi"));
  CHECK(http.status() == StepStatus::unknown);
  CHECK(says(site.of(stranger, Firmware::ipxe), StepStatus::unknown, "boot.ipxe"));
}

TEST_CASE("HTTP boot needs a URL") {
  Site site(R"(subnet 10.9.0.0 netmask 255.255.255.0 {
  range 10.9.0.100 10.9.0.200;
  option vendor-class-identifier "HTTPClient";
  filename "shimx64.efi";
})");
  CHECK(says(site.of(stranger, Firmware::uefi_http), StepStatus::broken, "HTTP boot needs a URL"));
}

TEST_CASE("a machine with BIOS does not start a program for UEFI") {
  Site site(R"(subnet 10.9.0.0 netmask 255.255.255.0 {
  range 10.9.0.100 10.9.0.200;
  next-server 10.0.0.2;
  filename "shimx64.efi";
})");
  CHECK(says(site.of(stranger, Firmware::bios), StepStatus::broken, "is not a program for BIOS"));
  CHECK(site.of(stranger, Firmware::uefi).status() == StepStatus::unknown);
}
