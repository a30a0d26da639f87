#include "net/number.hpp"

#include <fmt/format.h>

#include "net/hex.hpp"

namespace krgboot::net {

std::optional<Number> Number::parse(std::string_view text, RangeBase base) noexcept {
  if (text.empty() || text.size() > max_number_width) return std::nullopt;
  const unsigned radix = base == RangeBase::hexadecimal ? 16 : 10;
  Number number;
  for (char c : text) {
    auto digit = hex_value(c);
    if (!digit || *digit >= radix) return std::nullopt;
    number.value = number.value * radix + *digit;
  }
  number.width = text.size();
  number.padded = text.size() > 1 && text.front() == '0';
  return number;
}

bool is_written_digit(char c, RangeBase base) noexcept {
  return (c >= '0' && c <= '9') || (base == RangeBase::hexadecimal && c >= 'a' && c <= 'f');
}

std::string format_number(std::uint64_t value, std::size_t width, RangeBase base) {
  return base == RangeBase::hexadecimal ? fmt::format("{:0{}x}", value, width)
                                        : fmt::format("{:0{}}", value, width);
}

}  // namespace krgboot::net
