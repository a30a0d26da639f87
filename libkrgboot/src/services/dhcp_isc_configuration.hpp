#pragma once

#include "krgboot/formats/dhcp/isc/answer.hpp"

#include <optional>
#include <string>

#include "services/service.hpp"

namespace krgboot {

/// The configuration that dhcpd reads: dhcpd.conf and all files that it includes. An include by a relative
/// path is left out: dhcpd resolves it from its working directory at start, which is unknown.
struct DhcpdConf {
  std::optional<dhcpd::Configuration> configuration;  ///< nullopt: no dhcpd.conf
  ConfigTexts texts;
};
DhcpdConf read_dhcpd_conf(const std::string& conf, const FileReader& read);

/// The answers of ISC dhcpd according to its configuration files.
class DhcpIscConfiguration : public DhcpConfiguration {
 public:
  /// `is_older`: the server's dhcpd is older than 4.4. `version`: of the server's Debian release.
  DhcpIscConfiguration(dhcpd::Configuration configuration, bool is_older, std::string version)
      : configuration_(std::move(configuration)), is_older_(is_older), version_(std::move(version)) {}

  Verdict verdict(const std::optional<std::string>& refusal) const override;
  Offer offer(const DhcpRequest& request) const override;

 private:
  dhcpd::Configuration configuration_;
  bool is_older_;
  std::string version_;
};

}  // namespace krgboot
