#include "krgboot/base/error.hpp"
#include "krgboot/plan/manifest.hpp"

#include "catch.hpp"

using namespace krgboot;

TEST_CASE("a manifest reads back as it was written") {
  Manifest manifest;
  manifest.scopes = {{"lab", "/srv/lab.yaml", {Ipv4Network::from_string("10.0.0.0/24")}, {"/nfsroot/a b"}}};
  EditFile edit{{Role::dhcp, "/etc/dhcp/dhcpd.conf"}, IncludeLine{"/etc/dhcp/krgboot.conf"}};
  manifest.entries.push_back(*owned_by(edit, "lab"));
  manifest.entries.push_back({Owned::Kind::directory, Role::directory, "/srv/tftp", "", "", "lab"});
  manifest.entries.push_back(
      {Owned::Kind::file, Role::boot_file, "/srv/tftp/pxelinux.cfg/default", "", "", "lab"});
  auto again = parse_manifest(to_string(manifest));
  CHECK(again == manifest);
  CHECK(edit_of(again.entries[0]) == Edit{IncludeLine{"/etc/dhcp/krgboot.conf"}});
  REQUIRE(again.find("/srv/tftp", "lab") != nullptr);
  CHECK(again.find("/srv/tftp", "lab")->kind == Owned::Kind::directory);
  CHECK(again.find("/srv", "lab") == nullptr);
}

TEST_CASE("entries of krgboot 0.1 belong to every scope, and are written back as such") {
  auto old = parse_manifest(
      "krgboot manifest "
      "1\nfile\tdhcpd_conf\t/etc/dhcp/krgboot.conf\nfile\tboot_file\t/srv/tftp/pxelinux.cfg/default\n");
  REQUIRE(old.entries.size() == 2);
  CHECK(old.entries[0].role == Role::dhcp);
  CHECK(old.scopes.empty());
  CHECK(old.find("/etc/dhcp/krgboot.conf", "any") != nullptr);
  CHECK(parse_manifest(to_string(old)) == old);
}

TEST_CASE("two scopes may own one path") {
  Manifest manifest{{Scope{"a"}, Scope{"b"}},
                    {{Owned::Kind::directory, Role::directory, "/srv/tftp", "", "", "a"},
                     {Owned::Kind::directory, Role::directory, "/srv/tftp", "", "", "b"}}};
  CHECK(parse_manifest(to_string(manifest)) == manifest);
  CHECK(manifest.find("/srv/tftp", "b")->scope == "b");
  CHECK(manifest.find("/srv/tftp", "c") == nullptr);
}

TEST_CASE("every edit survives the manifest") {
  auto edit = GENERATE(Edit{IncludeLine{"/etc/dhcp/krgboot.conf"}},
                       Edit{TftpdDefaults{TftpdDefaultsStyle::run_daemon, "/srv/tftp"}},
                       Edit{TftpdDefaults{TftpdDefaultsStyle::tftp_directory, "/srv/tftp"}},
                       Edit{MarkedBlock{"hosts", "10.0.0.1\tserver\n\"quoted\"\n"}});
  auto owned = owned_by(EditFile{{Role::image_file, "/image/x", "", "/image"}, edit}, "");
  REQUIRE(owned);
  CHECK(edit_of(parse_manifest(to_string(Manifest{{}, {*owned}})).entries[0]) == edit);
}

TEST_CASE("a damaged manifest is refused, not guessed at") {
  auto text = GENERATE(
      as<std::string>(), "", "something else\n", "krgboot manifest 3\n", "krgboot manifest 2\nscope\t{}\n",
      "krgboot manifest 2\nscope\t{\"name\": \"a\", \"networks\": [\"10.0.0.0/33\"]}\n",
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
  CHECK(is_own_name(Role::dhcp, "/etc/dhcp/krgboot.conf"));
  CHECK(is_own_name(Role::dhcp, "/etc/dhcp3/krgboot.conf"));
  CHECK(is_own_name(Role::dhcp, "/etc/dhcp/krgboot-lab.conf"));
  CHECK_FALSE(is_own_name(Role::dhcp, "/etc/dhcp/krgboot-.conf"));
  CHECK_FALSE(is_own_name(Role::dhcp, "/etc/dhcp/krgboot-a/b.conf"));

  CHECK_FALSE(is_own_name(Role::boot_file, "/srv/tftp/pxelinux.cfg/0a0b0c65"));
  CHECK_FALSE(is_own_name(Role::boot_file, "/etc/passwd"));
  CHECK_FALSE(is_own_name(Role::loader, "/srv/tftp/lpxelinux.0"));
  CHECK_FALSE(is_own_name(Role::kernel, "/boot/vmlinuz-6.1"));
  CHECK_FALSE(is_own_name(Role::kernel, "/boot/grub/grub.cfg"));
  CHECK_FALSE(is_own_name(Role::kernel, "/srv/tftp/boot/vmlinuz"));
  CHECK_FALSE(is_own_name(Role::exports, "/etc/exports.d/other.exports"));
  CHECK_FALSE(is_own_name(Role::exports, "/etc/exports"));
  CHECK_FALSE(is_own_name(Role::dhcp, "/etc/dhcp/dhcpd.conf"));
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
  CHECK_FALSE(is_own_name(Role::tftp, "/etc/default/tftpd-hpa"));
}
