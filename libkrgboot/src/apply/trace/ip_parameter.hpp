#pragma once

#include "krgboot/formats/kernel/ip_config.hpp"

#include <optional>
#include <string>

#include "stages.hpp"

namespace krgboot::tracing {

/// `ip=` on the command line, which sets how the kernel or initrd that mounts the root gets the machine's
/// address. The last one counts.
struct IpParameter {
  std::optional<std::string> value;  ///< nullopt: missing, or without a value
  std::optional<IpConfig> config;    ///< nullopt: missing, or not parsable
  /// dracut accepts one for each network device; then krgboot does not determine which one is for the root.
  bool is_one_of_several = false;

  /// The address that the machine uses without a request to a server.
  std::optional<Ipv4Address> fixed_address() const;
};
IpParameter read_ip_parameter(const KernelCommandLine& line, Initramfs root_mounter);

/// Does the machine get an address by which it can mount the root? Reports an address that differs from the
/// one that DHCP gives.
bool follow_ip_parameter(const IpParameter& parameter, Initramfs root_mounter, const Machine& machine,
                         Steps& steps);

}  // namespace krgboot::tracing
