#include "krgboot/net/mac.hpp"

#include "net/hex.hpp"
#include "net/parsed.hpp"

namespace krgboot {

std::optional<MacAddress> MacAddress::parse(std::string_view text) noexcept {
  if (text.size() < 3) return std::nullopt;
  char separator = text[2];
  if (separator != ':' && separator != '-') return std::nullopt;
  auto octets = net::parse_octets<6>(text, separator, net::mac_separated);
  if (!octets) return std::nullopt;
  return MacAddress(*octets);
}

MacAddress MacAddress::from_string(std::string_view text) {
  return net::parsed(parse(text), text, "mac.syntax", "a MAC address",
                     "six pairs of hex digits joined by ':' or by '-', such as 52:54:00:12:34:01");
}

std::string MacAddress::to_string() const {
  return net::format_octets(octets_, ':', net::mac_separated);
}

}  // namespace krgboot

std::size_t std::hash<krgboot::MacAddress>::operator()(const krgboot::MacAddress& mac) const noexcept {
  std::uint64_t bits = 0;
  for (auto octet : mac.octets()) bits = bits << 8U | octet;
  return std::hash<std::uint64_t>{}(bits);
}
