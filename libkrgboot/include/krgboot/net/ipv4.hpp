#pragma once

#include "krgboot/export.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// An IPv4 address in dotted decimal (RFC 791): four octets without leading zeros, signs or blanks.
class KRGBOOT_EXPORT Ipv4Address {
 public:
  constexpr Ipv4Address() = default;  ///< 0.0.0.0
  /// `bits`: as bits() returns them.
  constexpr explicit Ipv4Address(std::uint32_t bits) noexcept : bits_(bits) {}

  /// nullopt: `text` is not an address.
  static std::optional<Ipv4Address> parse(std::string_view text) noexcept;
  /// As parse(); throws ArgumentError "ipv4.syntax" if `text` is not an address.
  static Ipv4Address from_string(std::string_view text);
  std::string to_string() const;

  /// The address as a number in host byte order: the first octet is the highest byte.
  constexpr std::uint32_t bits() const noexcept { return bits_; }
  constexpr std::uint8_t last_octet() const noexcept { return static_cast<std::uint8_t>(bits_ & 0xffU); }

  friend constexpr auto operator<=>(Ipv4Address, Ipv4Address) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// First and last address of a contiguous range, both included. Invariant: first <= last.
struct Ipv4Range {
  Ipv4Address first;
  Ipv4Address last;

  constexpr bool contains(Ipv4Address address) const noexcept { return first <= address && address <= last; }
  /// Number of addresses.
  constexpr std::uint64_t size() const noexcept { return std::uint64_t{last.bits()} - first.bits() + 1; }
  friend auto operator<=>(const Ipv4Range&, const Ipv4Range&) = default;
};

/// A network in CIDR notation, "192.168.0.0/24" (RFC 4632). The host bits must be zero.
class KRGBOOT_EXPORT Ipv4Network {
 public:
  constexpr Ipv4Network() = default;  ///< 0.0.0.0/0

  /// nullopt: `text` is not a network, or a host bit is set.
  static std::optional<Ipv4Network> parse(std::string_view text) noexcept;
  /// As parse(); throws ArgumentError "network.syntax", or "network.host_bits" if only the host bits are
  /// wrong (the message then names the network that was probably meant).
  static Ipv4Network from_string(std::string_view text);
  /// The network with a prefix of `prefix_length` bits (0 to 32) that contains `address`, which may have host
  /// bits. Throws ArgumentError "network.prefix_length" above 32.
  static Ipv4Network containing(Ipv4Address address, unsigned prefix_length);
  std::string to_string() const;

  /// First address of the network.
  constexpr Ipv4Address network() const noexcept { return network_; }
  constexpr unsigned prefix_length() const noexcept { return prefix_length_; }
  Ipv4Address netmask() const noexcept;
  /// Last address of the network.
  Ipv4Address broadcast() const noexcept;
  /// All addresses, network and broadcast address included.
  Ipv4Range range() const noexcept;
  /// Number of addresses, network and broadcast address included.
  std::uint64_t size() const noexcept;
  bool contains(Ipv4Address address) const noexcept;
  /// Is `other` this network or a part of it?
  bool contains(const Ipv4Network& other) const noexcept;
  /// Do the networks have an address in common?
  bool overlaps(const Ipv4Network& other) const noexcept;

  friend constexpr auto operator<=>(const Ipv4Network&, const Ipv4Network&) = default;

 private:
  Ipv4Address network_;
  unsigned prefix_length_ = 0;
};

/// The smallest list of networks that together contain exactly the addresses of `range`, ascending.
/// Throws ArgumentError "ipv4.descending" if the last address of the range is below the first.
KRGBOOT_EXPORT std::vector<Ipv4Network> minimal_networks(Ipv4Range range);

/// The smallest list of networks that together contain exactly the addresses of all `ranges`, ascending. The
/// ranges may be in any order and may overlap. Throws as above.
KRGBOOT_EXPORT std::vector<Ipv4Network> minimal_networks(std::vector<Ipv4Range> ranges);

}  // namespace krgboot

/// @cond
template <>
struct std::hash<krgboot::Ipv4Address> {
  std::size_t operator()(krgboot::Ipv4Address address) const noexcept {
    return std::hash<std::uint32_t>{}(address.bits());
  }
};

template <>
struct std::hash<krgboot::Ipv4Network> {
  std::size_t operator()(const krgboot::Ipv4Network& network) const noexcept {
    return std::hash<std::uint64_t>{}(std::uint64_t{network.network().bits()} << 6U |
                                      network.prefix_length());
  }
};
/// @endcond
