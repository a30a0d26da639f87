#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/firmware.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/uuid.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace krgboot {

/// DHCP options (RFC 2132, RFC 5071) that decide what a machine boots.
namespace dhcp_option {
inline constexpr std::uint8_t root_path = 17;
inline constexpr std::uint8_t vendor_class = 60;
inline constexpr std::uint8_t tftp_server_name = 66;
inline constexpr std::uint8_t bootfile_name = 67;
inline constexpr std::uint8_t config_file = 209;
inline constexpr std::uint8_t path_prefix = 210;
}  // namespace dhcp_option

/// A machine that requests an address to boot from the network.
struct DhcpRequest {
  std::optional<MacAddress> mac;       ///< nullopt: a MAC address that no configuration names
  std::optional<Uuid> uuid;            ///< of its firmware
  std::optional<Ipv4Address> address;  ///< the requested address; nullopt: any
  Firmware firmware = Firmware::bios;
};

/// One value of an offer, and its position in the configuration.
struct OfferedValue {
  std::string text;
  bool exact = true;  ///< false: `text` is an expression that only the running server can evaluate
  std::string where;  ///< "/etc/dhcp/krgboot.conf:12:3"
};

/// The offer of a DHCP server to a machine, or the reason why it makes none.
struct Offer {
  bool offered = false;
  std::string reason;       ///< why nothing is offered, in one sentence
  Diagnostics diagnostics;  ///< findings that make the offer doubtful

  std::optional<Ipv4Address> address;  ///< nullopt: one of `pool`, or that of a name to be resolved
  std::optional<Ipv4Range> pool;       ///< nullopt: a fixed address
  std::string address_where;
  std::string host_name;                    ///< option 12; empty: none
  std::optional<std::uint32_t> lease;       ///< lease time of an address of the pool, in seconds
  std::optional<OfferedValue> next_server;  ///< siaddr: an address, or a host name
  std::optional<OfferedValue> filename;     ///< `file` field of the message; the text may be empty
  std::map<std::uint8_t, OfferedValue> options;
  /// The server also sends the options that only the loader reads, although a boot ROM does not request them.
  bool sends_unasked = true;

  const OfferedValue* option(std::uint8_t code) const {
    auto found = options.find(code);
    return found == options.end() ? nullptr : &found->second;
  }
};

}  // namespace krgboot
