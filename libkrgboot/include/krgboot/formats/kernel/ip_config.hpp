#pragma once

#include "krgboot/export.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// How the machine gets its address. The kernel (`ipconfig.c`) knows the values up to `both`, dracut the
/// others too.
enum class IpAutoconf {
  unset,  ///< not given: the kernel uses every protocol it was built with
  none,   ///< "none", "off" or klibc's "static": no autoconfiguration, only the fields
  any,    ///< "any" or "on": every protocol
  dhcp,
  bootp,
  rarp,
  both,  ///< BOOTP and RARP
  dhcp6,
  auto6,
  either6,
  link6,
  single_dhcp,
  ibft,
};

/// The value of the kernel parameter `ip=` (`Documentation/admin-guide/nfs/nfsroot.rst`; dracut.cmdline(7)):
///
///     ip      = autoconf / kernel / dracut / device
///     kernel  = client ":" server ":" gateway ":" netmask ":" hostname ":" device ":" autoconf
///               [ ":" dns0 [ ":" dns1 [ ":" ntp0 ] ] ]          ; fields may be empty, later ones left out
///     dracut  = the first seven of these, then [ ":" [ mtu ] [ ":" mac ] ]
///     device  = device ":" autoconf [ ":" [ mtu ] [ ":" mac ] ]  ; dracut only
///
/// An address of 0.0.0.0 means no address, as in the kernel, and an empty value means "none". The form
/// `dhcp,TYPE,VALUE` has a DHCP client id. dracut's IPv6 addresses in brackets are not supported.
struct KRGBOOT_EXPORT IpConfig {
  std::optional<Ipv4Address> client;
  std::optional<Ipv4Address> server;
  std::optional<Ipv4Address> gateway;
  std::optional<Ipv4Address> netmask;
  std::string hostname;
  std::string device;
  IpAutoconf autoconf = IpAutoconf::unset;
  std::string client_id;  ///< DHCP client id "TYPE,VALUE", with IpAutoconf::dhcp only; empty: none
  std::optional<Ipv4Address> dns0;
  std::optional<Ipv4Address> dns1;
  std::optional<Ipv4Address> ntp0;
  std::optional<unsigned> mtu;    ///< in bytes; dracut only
  std::optional<MacAddress> mac;  ///< dracut only

  /// `value`: the text after `ip=`. nullopt: it has none of the forms above.
  static std::optional<IpConfig> parse(std::string_view value);
  /// As parse(); throws ArgumentError "ip_config.syntax" if `value` has none of the forms.
  static IpConfig from_string(std::string_view value);
  /// The shortest form with all fields; parse() reads the same value from it. Throws ArgumentError
  /// "ip_config.syntax" if a host name, device or client id has a character that its field cannot contain, or
  /// if no form has all the fields (name servers together with an MTU).
  std::string to_string() const;

  /// Does the machine request its address from a server?
  bool is_dynamic() const noexcept;

  friend bool operator==(const IpConfig&, const IpConfig&) = default;
};

}  // namespace krgboot
