#include "krgboot/base/error.hpp"
#include "krgboot/plan/manifest.hpp"

#include "catch.hpp"

using namespace krgboot;

TEST_CASE("a manifest reads back as it was written") {
  Manifest manifest;
  manifest.entries.push_back({Owned::Kind::edit, Role::dhcpd_conf, "/etc/dhcp/dhcpd.conf",
                              owned_by(EditFile{Role::dhcpd_conf, "/etc/dhcp/dhcpd.conf",
                                                IncludeLine{"/etc/dhcp/krgboot.conf"}, "", "", ""})
                                  ->edit});
  manifest.entries.push_back({Owned::Kind::directory, Role::directory, "/srv/tftp"});
  manifest.entries.push_back({Owned::Kind::file, Role::boot_file, "/srv/tftp/pxelinux.cfg/default", ""});
  auto again = parse_manifest(to_string(manifest));
  CHECK(again == manifest);
  CHECK(edit_of(again.entries[0]) == Edit{IncludeLine{"/etc/dhcp/krgboot.conf"}});
  REQUIRE(again.find("/srv/tftp") != nullptr);
  CHECK(again.find("/srv/tftp")->kind == Owned::Kind::directory);
  CHECK(again.find("/srv") == nullptr);
}

TEST_CASE("every edit survives the manifest") {
  auto edit = GENERATE(Edit{IncludeLine{"/etc/dhcp/krgboot.conf"}},
                       Edit{TftpdDefaults{TftpdDefaultsStyle::run_daemon, "/srv/tftp"}},
                       Edit{TftpdDefaults{TftpdDefaultsStyle::tftp_directory, "/srv/tftp"}},
                       Edit{MarkedBlock{"hosts", "10.0.0.1\tserver\n\"quoted\"\n"}});
  auto owned = owned_by(EditFile{Role::image_file, "/image/x", edit, "", "", "/image"});
  REQUIRE(owned);
  CHECK(edit_of(parse_manifest(to_string(Manifest{{*owned}})).entries[0]) == edit);
}

TEST_CASE("a damaged manifest is refused, not guessed at") {
  auto text = GENERATE(
      as<std::string>(), "", "something else\n", "krgboot manifest 2\n",
      "krgboot manifest 1\nfile\tboot_file\n", "krgboot manifest 1\nfile\tboot_file\trelative\n",
      "krgboot manifest 1\nfile\tboot_file\t/a/../etc/passwd\n", "krgboot manifest 1\nthing\tboot_file\t/a\n",
      "krgboot manifest 1\nfile\tthing\t/a\n", "krgboot manifest 1\nedit\tdhcpd_conf\t/a\n",
      "krgboot manifest 1\nfile\timage_file\t/image/etc/krgboot\n",
      "krgboot manifest 1\nfile\timage_file\t/image/etc/krgboot\t/other\n",
      "krgboot manifest 1\nfile\timage_file\t/image\t/image\n",
      "krgboot manifest 1\nfile\timage_file\t/image/etc/krgboot\t/image\tmore\n",
      "krgboot manifest 1\nfile\tboot_file\t/a");
  CHECK_THROWS_AS(parse_manifest(text), ConflictError);
}

TEST_CASE("only names of krgboot's own grammar are ever removed") {
  CHECK(is_own_name(Role::boot_file, "/srv/tftp/pxelinux.cfg/default"));
  CHECK(is_own_name(Role::boot_file, "/srv/tftp/pxelinux.cfg/0A0B0C65"));
  CHECK(is_own_name(Role::boot_file, "/srv/tftp/pxelinux.cfg/01-52-54-00-12-34-01"));
  CHECK(is_own_name(Role::loader, "/srv/tftp/pxelinux.0"));
  CHECK(is_own_name(Role::kernel, "/srv/tftp/boot/debian/vmlinuz"));
  CHECK(is_own_name(Role::exports, "/etc/exports.d/krgboot-debian.exports"));
  CHECK(is_own_name(Role::dhcpd_conf, "/etc/dhcp/krgboot.conf"));
  CHECK(is_own_name(Role::dhcpd_conf, "/etc/dhcp3/krgboot.conf"));

  CHECK_FALSE(is_own_name(Role::boot_file, "/srv/tftp/pxelinux.cfg/0a0b0c65"));
  CHECK_FALSE(is_own_name(Role::boot_file, "/etc/passwd"));
  CHECK_FALSE(is_own_name(Role::loader, "/srv/tftp/lpxelinux.0"));
  CHECK_FALSE(is_own_name(Role::kernel, "/boot/vmlinuz-6.1"));
  CHECK_FALSE(is_own_name(Role::kernel, "/boot/grub/grub.cfg"));
  CHECK_FALSE(is_own_name(Role::kernel, "/srv/tftp/boot/vmlinuz"));
  CHECK_FALSE(is_own_name(Role::exports, "/etc/exports.d/other.exports"));
  CHECK_FALSE(is_own_name(Role::exports, "/etc/exports"));
  CHECK_FALSE(is_own_name(Role::dhcpd_conf, "/etc/dhcp/dhcpd.conf"));
  CHECK_FALSE(is_own_name(Role::image_file, "/nfsroot/etc/fstab"));
  auto in_image = [](const std::string& path) {
    return is_own_name(Role::image_file, "/image" + path, "/image");
  };
  CHECK(in_image("/etc/apt/sources.list.d/krgboot.sources"));
  CHECK(in_image("/etc/initramfs-tools/conf.d/krgboot"));
  CHECK(in_image("/etc/rcS.d/S43krgboot-hostname"));
  CHECK_FALSE(in_image("/etc/passwd"));
  CHECK_FALSE(in_image("/etc/krgbootctl"));
  CHECK_FALSE(in_image("/etc/rcS.d/S4krgboot-hostname"));
  CHECK_FALSE(in_image("/usr/share/krgboot"));
  CHECK_FALSE(in_image("/etc/krgboot/passwd"));
  CHECK_FALSE(is_own_name(Role::image_file, "/etc/krgboot"));
  CHECK_FALSE(is_own_name(Role::image_file, "/etc/krgboot", "/image"));
  CHECK_FALSE(is_own_name(Role::tftpd_conf, "/etc/default/tftpd-hpa"));
}
