#pragma once

#include "krgboot/image/kernels.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

#include "dpkg_status.hpp"

// What a step looks for and what it does must agree: here stand the rules that both of them follow.

namespace krgboot {

std::vector<std::string> missing_packages(const DpkgStatus& dpkg, const InstalledPackages& state);

/// Of the package that was made from `inputs`: begins with a digit, as deb-version(7) wants it.
std::string kerrighed_version(const std::string& inputs);

/// "/etc/ssh/ssh_host_rsa_key"
std::string ssh_host_key(const std::string& type);

/// Every host key of the image, private and public, of whatever type.
std::vector<std::string> ssh_host_key_files(const Root& image);

struct WantingKeys {
  std::vector<std::string> types;
  bool is_the_hosts = false;  ///< because what is there is a key of the machine that builds the image
};
WantingKeys wanting_host_keys(const Root& image, const SshHostKeys& state, const Root& host = Root("/"));

/// By links in /etc/rc?.d, or in a *.wants directory of systemd's.
bool is_enabled(const Root& image, const std::string& service);

/// The newest kernel that Debian has packaged, else the newest of all; nullopt where there is none.
std::optional<Kernel> newest_kernel(const Root& image, const DpkgStatus& dpkg);

/// Names in the record of what was built.
std::string record_name(const GeneratedLocale& state);
std::string record_name(const BuiltInitramfs& state, const std::string& version);

}  // namespace krgboot
