#pragma once

#include "krgboot/model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// How /etc/default/tftpd-hpa is written.
enum class TftpdDefaultsStyle {
  run_daemon,      ///< lenny: RUN_DAEMON and OPTIONS
  tftp_directory,  ///< since squeeze: TFTP_USERNAME, TFTP_DIRECTORY, TFTP_ADDRESS, TFTP_OPTIONS
};

enum class InitSystem { sysvinit, systemd };

/// A command that krgboot runs to make a daemon take up new files; empty where none is needed.
using Argv = std::vector<std::string>;

/// Everything that differs between Debian releases, for the server and for images: one row of the table in
/// release.cpp, the only place where these paths, packages and service names stand.
struct Release {
  ReleaseName name = ReleaseName::bookworm;
  std::string codename;                   ///< "bookworm"
  std::string version;                    ///< "12"
  bool archived = false;                  ///< only on archive mirrors, signed by expired keys
  InitSystem init = InitSystem::systemd;  ///< what it boots with, unless an image has another
  bool has_run = true;         ///< /run, in memory; before Debian 7 /var/run held what is of one boot
  bool orders_scripts = true;  ///< insserv(8) orders init scripts by what their headers say; before Debian 6
                               ///< the numbers of the links in /etc/rc*.d did
  std::string nfs3_option;     ///< by which mount(8) stays with NFSv3; empty where it does so by itself

  std::string dhcpd_package;       ///< "isc-dhcp-server"
  std::string dhcpd_conf;          ///< "/etc/dhcp/dhcpd.conf", which the admin owns
  std::string dhcpd_krgboot_conf;  ///< our own file, included from it
  std::string dhcpd_service;
  bool dhcpd_is_older = false;             ///< than 4.4, by whose rules krgboot reads dhcpd.conf
  bool dhcpd_ignores_client_uids = false;  ///< knows the statement ignore-client-uids
  Argv dhcpd_restart;                      ///< dhcpd does not reload: restart

  std::string tftpd_package;
  std::string tftpd_defaults;  ///< "/etc/default/tftpd-hpa"
  TftpdDefaultsStyle tftpd_style = TftpdDefaultsStyle::tftp_directory;
  Argv tftpd_restart;  ///< it reads its defaults at its start only

  std::string nfs_package;
  std::string exports;            ///< "/etc/exports"
  std::string exports_directory;  ///< "/etc/exports.d"; empty where exportfs does not read one: then a block
                                  ///< in `exports`
  Argv exports_reload;            ///< exportfs -ra

  Argv units_reload;  ///< makes systemd read its units again; empty where there is none

  std::string pxelinux_package;
  std::string pxelinux;         ///< the installed pxelinux.0
  std::string ldlinux_package;  ///< empty where pxelinux is one file
  std::string ldlinux;          ///< the installed ldlinux.c32

  std::vector<std::string> suites;  ///< of the main mirror
  std::string security_suite;       ///< of the security mirror: "bookworm-security"

  std::vector<std::string> image_packages;      ///< what an image needs to boot over NFS
  std::vector<std::string> ssh_host_key_types;  ///< that its openssh-server uses, as of ssh-keygen(1)
};

const Release& release(ReleaseName name);
const std::vector<Release>& releases();

/// By codename; nullopt for one that the table does not hold.
std::optional<ReleaseName> parse_release(std::string_view codename) noexcept;
std::string to_string(ReleaseName name);

}  // namespace krgboot
