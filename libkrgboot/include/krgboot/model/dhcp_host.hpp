#pragma once

#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// A machine that a DHCP server recognises by its MAC address, independent of any cluster. What is not set
/// comes from the rest of the server's configuration.
struct DhcpHost {
  HostName name;  ///< also sent to the machine (option 12)
  MacAddress mac;
  std::optional<Ipv4Address> address = {};      ///< nullopt: one of a pool
  std::optional<Ipv4Address> next_server = {};  ///< the TFTP server
  std::string filename = {};            ///< the boot program, as the machine requests it; empty: not set
  std::string root_path = {};           ///< option 17; empty: not set
  std::vector<std::string> extra = {};  ///< lines in the DHCP server's own syntax
  friend bool operator==(const DhcpHost&, const DhcpHost&) = default;
};

}  // namespace krgboot
