#include "krgboot/model/release.hpp"

#include <set>

#include "catch.hpp"

using namespace krgboot;

TEST_CASE("every release is found by its name and by its codename") {
  std::set<std::string> codenames;
  for (const auto& row : releases()) {
    CAPTURE(row.codename);
    CHECK(&release(row.name) == &row);
    CHECK(parse_release(row.codename) == row.name);
    CHECK(to_string(row.name) == row.codename);
    codenames.insert(row.codename);
  }
  CHECK(codenames == std::set<std::string>{"lenny", "bookworm", "trixie"});
}

TEST_CASE("a release is named by its codename and nothing else") {
  auto word = GENERATE(as<std::string>{}, "", "Lenny", "debian", "12", "bookworm ", "bullseye", "stable");
  CAPTURE(word);
  CHECK(parse_release(word) == std::nullopt);
}

TEST_CASE("no row of the table lacks what a server is written from") {
  for (const auto& row : releases()) {
    CAPTURE(row.codename);
    for (const auto& path :
         {row.dhcpd_conf, row.dhcpd_krgboot_conf, row.tftpd_defaults, row.exports, row.pxelinux}) {
      CAPTURE(path);
      CHECK(path.substr(0, 1) == "/");
    }
    for (const auto& package :
         {row.dhcpd_package, row.tftpd_package, row.nfs_package, row.pxelinux_package}) {
      CHECK_FALSE(package.empty());
    }
    CHECK_FALSE(row.dhcpd_restart.empty());
    CHECK_FALSE(row.exports_reload.empty());
    CHECK_FALSE(row.dhcpd_service.empty());
    // ldlinux.c32 and its package go together.
    CHECK(row.ldlinux.empty() == row.ldlinux_package.empty());
    // dhcpd reads its own directory only (AppArmor), so our file lies beside the admin's.
    CHECK(row.dhcpd_krgboot_conf.substr(0, row.dhcpd_krgboot_conf.rfind('/')) ==
          row.dhcpd_conf.substr(0, row.dhcpd_conf.rfind('/')));
  }
}

TEST_CASE("lenny differs from today's Debian where its packages do") {
  const auto& lenny = release(ReleaseName::lenny);
  const auto& bookworm = release(ReleaseName::bookworm);
  CHECK(lenny.archived);
  CHECK_FALSE(bookworm.archived);
  CHECK(lenny.init == InitSystem::sysvinit);
  CHECK(bookworm.init == InitSystem::systemd);
  CHECK_FALSE(lenny.has_run);
  CHECK_FALSE(lenny.orders_scripts);
  CHECK(bookworm.has_run);
  CHECK(bookworm.orders_scripts);
  CHECK(lenny.nfs3_option.empty());
  CHECK(bookworm.nfs3_option == "vers=3");
  CHECK(lenny.tftpd_style == TftpdDefaultsStyle::run_daemon);
  CHECK(bookworm.tftpd_style == TftpdDefaultsStyle::tftp_directory);
  CHECK(lenny.dhcpd_conf == "/etc/dhcp3/dhcpd.conf");
  CHECK(bookworm.dhcpd_conf == "/etc/dhcp/dhcpd.conf");
  CHECK(lenny.dhcpd_restart == Argv{"/etc/init.d/dhcp3-server", "restart"});
  CHECK(bookworm.dhcpd_restart == Argv{"systemctl", "restart", "isc-dhcp-server.service"});
  CHECK(lenny.exports_directory.empty());
  CHECK(bookworm.exports_directory == "/etc/exports.d");
  CHECK(lenny.ldlinux.empty());
  CHECK(bookworm.ldlinux == "/usr/lib/syslinux/modules/bios/ldlinux.c32");
  CHECK(bookworm.pxelinux == "/usr/lib/PXELINUX/pxelinux.0");
}
