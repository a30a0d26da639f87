#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The init system of a server or image.
enum class InitSystem { sysvinit, systemd };

/// A command that makes a daemon reload its files: program and arguments. Empty: no command is needed.
using Argv = std::vector<std::string>;

/// Facts about a Debian release, for servers and images. Facts about one program of the server are with that
/// program, in services/.
struct Release {
  ReleaseName name = ReleaseName::bookworm;
  std::string codename;                   ///< "bookworm"
  std::string version;                    ///< "12"
  bool archived = false;                  ///< only on archive mirrors, signed by expired keys
  InitSystem init = InitSystem::systemd;  ///< the default init system
  bool has_run = true;         ///< has /run, a tmpfs; before Debian 7 /var/run held the files of one boot
  bool orders_scripts = true;  ///< insserv(8) orders init scripts by their headers; before Debian 6 the
                               ///< numbers of the symlinks in `/etc/rc*.d` ordered them
  std::string nfs3_option;     ///< option of mount(8) that selects NFSv3; empty if NFSv3 is the default

  std::vector<std::string> suites;  ///< of the main mirror
  std::string security_suite;       ///< of the security mirror: "bookworm-security"

  std::vector<std::string> image_packages;      ///< Debian packages that an image needs to boot over NFS
  std::vector<std::string> ssh_host_key_types;  ///< host key types of its openssh-server, as in ssh-keygen(1)
};

/// The facts about one release. Throws InternalError if `name` is not an enumerator.
KRGBOOT_EXPORT const Release& release(ReleaseName name);
/// All releases that krgboot supports, the oldest first.
KRGBOOT_EXPORT const std::vector<Release>& releases();

/// The release with this codename, "bookworm"; nullopt if krgboot does not support it.
KRGBOOT_EXPORT std::optional<ReleaseName> parse_release(std::string_view codename) noexcept;
/// The codename. Throws as release().
KRGBOOT_EXPORT std::string to_string(ReleaseName name);

}  // namespace krgboot
