#pragma once

#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/formats/dhcp/isc/answer.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/system/root.hpp"

#include <map>
#include <optional>
#include <string>

namespace krgboot {

/// The configuration that dhcpd of a release reads under a root: dhcpd.conf and all that it includes,
/// symlinks followed within the root. Only an include by a relative path is left out: dhcpd takes it from
/// where it was started, which nobody knows.
struct DhcpdFiles {
  /// nullopt: no dhcpd.conf.
  std::optional<dhcpd::Configuration> configuration;
  /// Every file that was read, by its path without "//", "." and "..".
  std::map<std::string, std::string> texts;
};

/// `staged` tells where a file that is about to be written lies now. Throws IoError.
DhcpdFiles read_dhcpd_files(const Root& root, const Release& release, const StagedPath& staged);

}  // namespace krgboot
