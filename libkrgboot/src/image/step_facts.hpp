#pragma once

#include "krgboot/image/kernels.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

#include "dpkg_status.hpp"

// Rules that the check for pending steps and the steps themselves share, so that they agree.

namespace krgboot {

std::vector<std::string> missing_packages(const DpkgStatus& dpkg, const InstalledPackages& state);

/// Version of the package made from `inputs`: begins with a digit, as deb-version(7) requires.
std::string kerrighed_version(const std::string& inputs);

/// "/etc/ssh/ssh_host_rsa_key"
std::string ssh_host_key(const std::string& type);

/// All host keys of the image, private and public, of every type.
std::vector<std::string> ssh_host_key_files(const Root& image);

struct WantingKeys {
  std::vector<std::string> types;
  bool is_the_hosts = false;  ///< the existing keys are those of the machine that builds the image
};
WantingKeys wanting_host_keys(const Root& image, const SshHostKeys& state, const Root& host = Root("/"));

/// Is the service started at boot, by a symlink in /etc/rc?.d or in a *.wants directory of systemd?
bool is_enabled(const Root& image, const std::string& service);

/// The newest kernel from a Debian package, otherwise the newest of all; nullopt if there is none.
std::optional<Kernel> newest_kernel(const Root& image, const DpkgStatus& dpkg);

/// Names in the record of built files.
std::string record_name(const GeneratedLocale& state);
std::string record_name(const BuiltInitramfs& state, const std::string& version);

}  // namespace krgboot
