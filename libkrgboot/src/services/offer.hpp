#pragma once

#include "krgboot/base/diagnostic.hpp"
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
inline constexpr std::uint8_t tftp_server_name = 66;
inline constexpr std::uint8_t bootfile_name = 67;
inline constexpr std::uint8_t config_file = 209;
inline constexpr std::uint8_t path_prefix = 210;
}  // namespace dhcp_option

/// A machine that asks for an address: a PC whose network card boots.
struct DhcpRequest {
  std::optional<MacAddress> mac;       ///< nullopt: one that no configuration names
  std::optional<Uuid> uuid;            ///< of its firmware
  std::optional<Ipv4Address> address;  ///< that it asks for; nullopt: any
};

/// One value of an offer, and where the configuration says it.
struct OfferedValue {
  std::string text;
  bool exact = true;  ///< false: `text` is an expression that only the running server can work out
  std::string where;  ///< "/etc/dhcp/krgboot.conf:12:3"
};

/// What a DHCP server would offer to a machine, or why nothing.
struct Offer {
  bool offered = false;
  std::string reason;       ///< where nothing is offered: why, in one sentence
  Diagnostics diagnostics;  ///< what makes the offer doubtful

  std::optional<Ipv4Address> address;  ///< nullopt: one of `pool`, or of a name that only a resolver knows
  std::optional<Ipv4Range> pool;       ///< nullopt: a fixed address
  std::string address_where;
  std::string host_name;                    ///< option 12; empty: none
  std::optional<std::uint32_t> lease;       ///< seconds that an address of the pool is the machine's
  std::optional<OfferedValue> next_server;  ///< siaddr: an address, or a host name
  std::optional<OfferedValue> filename;     ///< `file` of the message; the text may be empty
  std::map<std::uint8_t, OfferedValue> options;
  /// The server sends options that the loader alone reads, unasked: a boot ROM does not ask for them.
  bool sends_unasked = true;

  const OfferedValue* option(std::uint8_t code) const {
    auto found = options.find(code);
    return found == options.end() ? nullptr : &found->second;
  }
};

}  // namespace krgboot
