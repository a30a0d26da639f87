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
  constexpr Ipv4Address() = default;
  constexpr explicit Ipv4Address(std::uint32_t bits) noexcept : bits_(bits) {}

  static std::optional<Ipv4Address> parse(std::string_view text) noexcept;
  /// Throws ArgumentError "ipv4.syntax".
  static Ipv4Address from_string(std::string_view text);
  std::string to_string() const;

  /// The address as a number, first octet in the highest byte.
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
  constexpr std::uint64_t size() const noexcept { return std::uint64_t{last.bits()} - first.bits() + 1; }
  friend auto operator<=>(const Ipv4Range&, const Ipv4Range&) = default;
};

/// A network in CIDR notation, "192.168.0.0/24" (RFC 4632). The host bits must be zero.
class KRGBOOT_EXPORT Ipv4Network {
 public:
  constexpr Ipv4Network() = default;  // 0.0.0.0/0

  static std::optional<Ipv4Network> parse(std::string_view text) noexcept;
  /// Throws ArgumentError "network.syntax", or "network.host_bits" where only the host bits are wrong
  /// (its message names the network that was probably meant).
  static Ipv4Network from_string(std::string_view text);
  /// The network of `prefix_length` (0 to 32) bits that holds `address`. Throws ArgumentError
  /// "network.prefix_length" above 32.
  static Ipv4Network containing(Ipv4Address address, unsigned prefix_length);
  std::string to_string() const;

  constexpr Ipv4Address network() const noexcept { return network_; }
  constexpr unsigned prefix_length() const noexcept { return prefix_length_; }
  Ipv4Address netmask() const noexcept;
  Ipv4Address broadcast() const noexcept;
  Ipv4Range range() const noexcept;
  std::uint64_t size() const noexcept;
  bool contains(Ipv4Address address) const noexcept;
  bool contains(const Ipv4Network& other) const noexcept;
  bool overlaps(const Ipv4Network& other) const noexcept;

  friend constexpr auto operator<=>(const Ipv4Network&, const Ipv4Network&) = default;

 private:
  Ipv4Address network_;
  unsigned prefix_length_ = 0;
};

/// The fewest networks that together hold exactly the addresses of `range`, ascending.
/// Throws ArgumentError "ipv4.descending" where its invariant is broken, as do all functions that take a
/// range.
KRGBOOT_EXPORT std::vector<Ipv4Network> minimal_networks(Ipv4Range range);

/// The fewest networks that together hold exactly the addresses given (in any order, repeated or
/// overlapping), ascending.
KRGBOOT_EXPORT std::vector<Ipv4Network> minimal_networks(std::vector<Ipv4Range> ranges);

}  // namespace krgboot

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
