#pragma once

#include "krgboot/export.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// An Ethernet hardware address. The text form has six pairs of hex digits, joined by ':' or by '-' (not
/// mixed), in either case; to_string() writes lower case and ':'.
class KRGBOOT_EXPORT MacAddress {
 public:
  constexpr MacAddress() = default;  ///< all zeros
  constexpr explicit MacAddress(std::array<std::uint8_t, 6> octets) noexcept : octets_(octets) {}

  /// nullopt: `text` is not a MAC address.
  static std::optional<MacAddress> parse(std::string_view text) noexcept;
  /// As parse(); throws ArgumentError "mac.syntax" if `text` is not a MAC address.
  static MacAddress from_string(std::string_view text);
  std::string to_string() const;

  constexpr const std::array<std::uint8_t, 6>& octets() const noexcept { return octets_; }
  /// Is it a group address (I/G bit set: multicast or broadcast)? No network card has one (IEEE 802).
  constexpr bool is_multicast() const noexcept { return (octets_[0] & 1U) != 0; }
  constexpr bool is_zero() const noexcept { return octets_ == std::array<std::uint8_t, 6>{}; }

  friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;

 private:
  std::array<std::uint8_t, 6> octets_{};
};

}  // namespace krgboot

/// @cond
template <>
struct KRGBOOT_EXPORT std::hash<krgboot::MacAddress> {
  std::size_t operator()(const krgboot::MacAddress& mac) const noexcept;
};
/// @endcond
