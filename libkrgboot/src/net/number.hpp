#pragma once

#include "krgboot/net/range.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace krgboot::net {

/// Most digits of a number in a range: in both bases the value plus one fits in 64 bits.
inline constexpr std::size_t max_number_width = 15;

/// A number in a name or a range, as written.
struct Number {
  std::uint64_t value = 0;
  std::size_t width = 0;  ///< digits, including leading zeros
  bool padded = false;    ///< has leading zeros

  /// 1 to max_number_width digits of `base` and nothing else; hex digits in either case.
  static std::optional<Number> parse(std::string_view text, RangeBase base) noexcept;
};

/// Is `c` a digit as format_number() writes them: 0 to 9, in hexadecimal also a to f?
bool is_written_digit(char c, RangeBase base) noexcept;

/// `value` in `base`, in lower case, with leading zeros up to `width`.
std::string format_number(std::uint64_t value, std::size_t width, RangeBase base);

}  // namespace krgboot::net
