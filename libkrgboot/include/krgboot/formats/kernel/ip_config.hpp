#pragma once

#include "krgboot/export.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// How the address is found. The first group is the kernel's (ipconfig.c), the second dracut's.
enum class IpAutoconf {
  unset,  ///< not said: the kernel uses every protocol it was built with
  none,   ///< "none", "off" or klibc's "static": no autoconfiguration, all from the fields
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

/// The value of the kernel parameter `ip=` (Documentation/admin-guide/nfs/nfsroot.rst; dracut.cmdline(7)):
///
///   ip      = autoconf / kernel / device
///   kernel  = client ":" server ":" gateway ":" netmask ":" hostname ":" device ":" autoconf
///             [ ":" dns0 [ ":" dns1 [ ":" ntp0 ] ] ]          ; fields may be empty, later ones left out
///   dracut  = the first seven of these, then [ ":" [ mtu ] [ ":" mac ] ]
///   device  = device ":" autoconf [ ":" [ mtu ] [ ":" mac ] ]  ; dracut only
///
/// An address of 0.0.0.0 means none, as in the kernel, and an empty value is "none". `dhcp,TYPE,VALUE`
/// carries a DHCP client id. dracut's IPv6 addresses in brackets are not read.
struct KRGBOOT_EXPORT IpConfig {
  std::optional<Ipv4Address> client;
  std::optional<Ipv4Address> server;
  std::optional<Ipv4Address> gateway;
  std::optional<Ipv4Address> netmask;
  std::string hostname;
  std::string device;
  IpAutoconf autoconf = IpAutoconf::unset;
  std::string client_id;  ///< with dhcp: "TYPE,VALUE"
  std::optional<Ipv4Address> dns0;
  std::optional<Ipv4Address> dns1;
  std::optional<Ipv4Address> ntp0;
  std::optional<unsigned> mtu;    ///< dracut
  std::optional<MacAddress> mac;  ///< dracut

  static std::optional<IpConfig> parse(std::string_view value);
  /// Throws ArgumentError "ip_config.syntax".
  static IpConfig from_string(std::string_view value);
  /// The shortest form that says all of it; reads back as the same. Throws ArgumentError "ip_config.syntax"
  /// where a hostname, device or client id holds a character that its field cannot, or where the fields
  /// belong to no one form (name servers and an MTU).
  std::string to_string() const;

  /// Is the address found by asking a server?
  bool is_dynamic() const noexcept;

  friend bool operator==(const IpConfig&, const IpConfig&) = default;
};

}  // namespace krgboot
