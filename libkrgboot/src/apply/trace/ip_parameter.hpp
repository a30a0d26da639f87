#pragma once

#include "krgboot/formats/kernel/ip_config.hpp"

#include <optional>
#include <string>

#include "stages.hpp"

namespace krgboot::tracing {

/// `ip=` on the command line: how whoever mounts the root gets the machine's address. The last one counts.
struct IpParameter {
  std::optional<std::string> value;  ///< nullopt: not given, or without a value
  std::optional<IpConfig> config;    ///< nullopt: not given, or not readable
  /// dracut takes one for each network device. Which one carries the root is not followed.
  bool is_one_of_several = false;

  /// The address that the machine takes without asking anybody.
  std::optional<Ipv4Address> fixed_address() const;
};
IpParameter read_ip_parameter(const KernelCommandLine& line, Initramfs root_mounter);

/// Does the machine get an address by which it can mount the root? Says where it is not the one that DHCP
/// gives it.
bool follow_ip_parameter(const IpParameter& parameter, Initramfs root_mounter, const Machine& machine,
                         Steps& steps);

}  // namespace krgboot::tracing
