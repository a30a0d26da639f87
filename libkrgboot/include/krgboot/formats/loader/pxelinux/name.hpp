#pragma once

#include "krgboot/export.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace krgboot {

/// The name of the boot file below `pxelinux.cfg/` for one address (syslinux, `doc/pxelinux.txt`):
///
///     name     = uuid / mac / address / prefix / "default"
///     uuid     = 8-4-4-4-12 lower-case hex digits
///     mac      = "01-" 6 pairs of lower-case hex digits joined by "-"   ; 01: ARP hardware type Ethernet
///     address  = 8 upper-case hex digits
///     prefix   = 1 to 7 upper-case hex digits                           ; all addresses that begin with them
KRGBOOT_EXPORT std::string pxelinux_name(Ipv4Address address);
/// The same for one MAC address.
KRGBOOT_EXPORT std::string pxelinux_name(const MacAddress& mac);
/// The same for one UUID.
KRGBOOT_EXPORT std::string pxelinux_name(const Uuid& uuid);

/// The same for an address, MAC address or UUID in text form. Throws ArgumentError "pxelinux.not_a_client"
/// for any other text, also for a network, which has several names.
KRGBOOT_EXPORT std::string pxelinux_name(std::string_view text);

/// The smallest list of names that exactly the machines with an address in `network` try, ascending by
/// address. A /24 has one name of six digits, a /25 eight of seven digits, 0.0.0.0/0 sixteen of one digit.
KRGBOOT_EXPORT std::vector<std::string> pxelinux_names(const Ipv4Network& network);
/// The same for the addresses of `range`. Throws ArgumentError "ipv4.descending" if its last address is below
/// the first.
KRGBOOT_EXPORT std::vector<std::string> pxelinux_names(Ipv4Range range);

/// Name of the boot file that every machine tries last.
inline constexpr std::string_view pxelinux_default = "default";

/// The boot file `default`.
struct DefaultBootFile {
  friend bool operator==(const DefaultBootFile&, const DefaultBootFile&) = default;
};
/// The machines that a name stands for. An address or prefix is a network whose prefix length is a multiple
/// of 4.
using PxelinuxSubject = std::variant<Uuid, MacAddress, Ipv4Network, DefaultBootFile>;

/// The inverse of pxelinux_name(). nullopt: pxelinux never requests this name (wrong case, wrong length,
/// other hardware type).
KRGBOOT_EXPORT std::optional<PxelinuxSubject> parse_pxelinux_name(std::string_view name) noexcept;

/// The identifiers of a machine when pxelinux starts on it. A real machine always has a MAC address and an
/// address; firmware without a UUID sends none.
struct PxelinuxClient {
  std::optional<Uuid> uuid;
  std::optional<MacAddress> mac;
  std::optional<Ipv4Address> address;
};

/// Does pxelinux look for a boot file of this UUID? Versions 5 and 6 ignore a UUID whose version digit, the
/// first digit of the third group, is 0 or f (is_valid_uuid in syslinux's `core/sysappend.c`), and so every
/// placeholder. Versions 3 and 4 look for any.
KRGBOOT_EXPORT bool pxelinux_asks_for(const Uuid& uuid) noexcept;

/// The names that `client` tries in this order; it loads the first file that exists. The last name is
/// "default". A UUID that pxelinux ignores is left out.
KRGBOOT_EXPORT std::vector<std::string> pxelinux_search_order(const PxelinuxClient& client);

}  // namespace krgboot
