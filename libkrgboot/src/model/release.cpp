#include "krgboot/model/release.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

namespace {

// Debian 5.0.
Release lenny() {
  Release r;
  r.name = ReleaseName::lenny;
  r.codename = "lenny";
  r.version = "5.0";
  r.archived = true;
  r.init = InitSystem::sysvinit;
  r.has_run = false;
  r.orders_scripts = false;

  // Mirrors of the archive keep only the last point release; updates went to an archive of their own.
  r.suites = {"lenny"};
  r.security_suite = "lenny/updates";

  // dhcp3-common and nfsbooted: nfsbooted names each node by a lookup of its address.
  // netbase: see modern().
  r.image_packages = {"dhcp3-common", "initramfs-tools", "netbase",
                      "nfs-common",   "nfsbooted",       "openssh-server"};
  r.ssh_host_key_types = {"dsa", "rsa"};  // OpenSSH 5.1
  return r;
}

// Settings that bookworm and trixie share.
Release modern(ReleaseName name, std::string codename, std::string version) {
  Release r;
  r.name = name;
  r.codename = std::move(codename);
  r.version = std::move(version);
  r.archived = false;
  r.init = InitSystem::systemd;
  r.nfs3_option = "vers=3";

  r.suites = {r.codename, r.codename + "-updates"};
  r.security_suite = r.codename + "-security";

  // A minimal bootstrap installs neither an init (systemd-sysv) nor /etc/protocols (netbase). Without the
  // latter mount.nfs cannot look up "tcp" and refuses every mount in fstab with "Protocol not supported".
  // nfs-common does not depend on netbase.
  r.image_packages = {"initramfs-tools", "netbase", "nfs-common", "openssh-server", "systemd-sysv"};
  r.ssh_host_key_types = {"ecdsa", "ed25519", "rsa"};
  return r;
}

}  // namespace

const std::vector<Release>& releases() {
  static const std::vector<Release> table = {
      lenny(),
      modern(ReleaseName::bookworm, "bookworm", "12"),
      modern(ReleaseName::trixie, "trixie", "13"),
  };
  return table;
}

const Release& release(ReleaseName name) {
  const auto& table = releases();
  auto row = std::find_if(table.begin(), table.end(), [&](const Release& r) { return r.name == name; });
  if (row == table.end()) {
    throw InternalError(fmt::format("release {} is not in the table of releases", static_cast<int>(name)));
  }
  return *row;
}

std::optional<ReleaseName> parse_release(std::string_view codename) noexcept {
  if (codename == "lenny") return ReleaseName::lenny;
  if (codename == "bookworm") return ReleaseName::bookworm;
  if (codename == "trixie") return ReleaseName::trixie;
  return std::nullopt;
}

std::string to_string(ReleaseName name) {
  return release(name).codename;
}

}  // namespace krgboot
