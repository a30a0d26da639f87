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

/// Names of boot files below pxelinux.cfg/ (syslinux doc/pxelinux.txt):
///
///   name     = uuid / mac / address / prefix / "default"
///   uuid     = 8-4-4-4-12 lower-case hex digits
///   mac      = "01-" 6 pairs of lower-case hex digits joined by "-"   ; 01: ARP hardware type Ethernet
///   address  = 8 upper-case hex digits
///   prefix   = 1 to 7 upper-case hex digits                           ; all addresses that begin with them
KRGBOOT_EXPORT std::string pxelinux_name(Ipv4Address address);
KRGBOOT_EXPORT std::string pxelinux_name(const MacAddress& mac);
KRGBOOT_EXPORT std::string pxelinux_name(const Uuid& uuid);

/// The name of what `text` holds: an address, a MAC address or a UUID. Throws ArgumentError
/// "pxelinux.not_a_client" (a network is none: it has several names).
KRGBOOT_EXPORT std::string pxelinux_name(std::string_view text);

/// The fewest names that together are tried by exactly the machines with an address in the network or range,
/// ascending by address. A /24 has one, of six digits; a /25 has eight, of seven; 0.0.0.0/0 has sixteen, of
/// one.
KRGBOOT_EXPORT std::vector<std::string> pxelinux_names(const Ipv4Network& network);
KRGBOOT_EXPORT std::vector<std::string> pxelinux_names(Ipv4Range range);

inline constexpr std::string_view pxelinux_default = "default";

/// What a name stands for: the inverse of the above. A prefix or an address gives a network whose prefix
/// length is a multiple of 4.
struct DefaultBootFile {
  friend bool operator==(const DefaultBootFile&, const DefaultBootFile&) = default;
};
using PxelinuxSubject = std::variant<Uuid, MacAddress, Ipv4Network, DefaultBootFile>;

/// nullopt for any name that no pxelinux asks for (wrong case, wrong length, other hardware types).
KRGBOOT_EXPORT std::optional<PxelinuxSubject> parse_pxelinux_name(std::string_view name) noexcept;

/// What a machine knows of itself when pxelinux starts. The MAC address and the address are always there;
/// firmware without a UUID sends none.
struct PxelinuxClient {
  std::optional<Uuid> uuid;
  std::optional<MacAddress> mac;
  std::optional<Ipv4Address> address;
};

/// Does pxelinux look for a boot file of this UUID at all? Versions 5 and 6 ignore one whose version digit,
/// the first of the third group, is 0 or f (syslinux core/sysappend.c, is_valid_uuid), and so every
/// placeholder; versions 3 and 4 ask for any.
KRGBOOT_EXPORT bool pxelinux_asks_for(const Uuid& uuid) noexcept;

/// The names that `client` tries, in order, ending in "default"; the first that exists is loaded. A UUID that
/// pxelinux does not ask for is left out.
KRGBOOT_EXPORT std::vector<std::string> pxelinux_search_order(const PxelinuxClient& client);

}  // namespace krgboot
