#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

enum class InitSystem { sysvinit, systemd };

/// A command that krgboot runs to make a daemon take up new files; empty where none is needed.
using Argv = std::vector<std::string>;

/// What differs between Debian releases, for the server and for images: one row of the table in release.cpp.
/// What differs for one program of the server stands beside that program, in services/.
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

  std::vector<std::string> suites;  ///< of the main mirror
  std::string security_suite;       ///< of the security mirror: "bookworm-security"

  std::vector<std::string> image_packages;      ///< what an image needs to boot over NFS
  std::vector<std::string> ssh_host_key_types;  ///< that its openssh-server uses, as of ssh-keygen(1)
};

KRGBOOT_EXPORT const Release& release(ReleaseName name);
KRGBOOT_EXPORT const std::vector<Release>& releases();

/// By codename; nullopt for one that the table does not hold.
KRGBOOT_EXPORT std::optional<ReleaseName> parse_release(std::string_view codename) noexcept;
KRGBOOT_EXPORT std::string to_string(ReleaseName name);

}  // namespace krgboot
