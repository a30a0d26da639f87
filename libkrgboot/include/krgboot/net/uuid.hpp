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

/// UUID of a client machine, as PXE sends it (DHCP option 97, RFC 4578). The text form has 8-4-4-4-12 hex
/// digits with dashes, in either case; to_string() writes lower case.
class KRGBOOT_EXPORT Uuid {
 public:
  constexpr Uuid() = default;  ///< all zeros

  /// nullopt: `text` is not a UUID.
  static std::optional<Uuid> parse(std::string_view text) noexcept;
  /// As parse(); throws ArgumentError "uuid.syntax" if `text` is not a UUID.
  static Uuid from_string(std::string_view text);
  std::string to_string() const;

  constexpr const std::array<std::uint8_t, 16>& octets() const noexcept { return octets_; }
  /// Is it all zeros or all ones? Firmware without a UUID reports one of these, the same on every such
  /// machine.
  bool is_placeholder() const noexcept;

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  std::array<std::uint8_t, 16> octets_{};
};

}  // namespace krgboot

/// @cond
template <>
struct KRGBOOT_EXPORT std::hash<krgboot::Uuid> {
  std::size_t operator()(const krgboot::Uuid& uuid) const noexcept;
};
/// @endcond
