#include "krgboot/net/ipv4.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "net/parsed.hpp"

namespace krgboot {

namespace {

constexpr std::uint32_t mask_bits(unsigned prefix_length) noexcept {
  return prefix_length == 0 ? 0U : ~std::uint32_t{0} << (32U - prefix_length);
}

struct AddressAndLength {
  Ipv4Address address;
  unsigned prefix_length;
};

// "A.B.C.D/N", with any host bits.
std::optional<AddressAndLength> parse_cidr(std::string_view text) noexcept {
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto address = Ipv4Address::parse(text.substr(0, slash));
  auto length = parse_decimal(text.substr(slash + 1), 32);
  if (!address || !length) return std::nullopt;
  return AddressAndLength{*address, static_cast<unsigned>(*length)};
}

void require_ascending(const Ipv4Range& range) {
  if (range.last < range.first) {
    auto text = fmt::format("{}-{}", range.first.to_string(), range.last.to_string());
    throw ArgumentError("ipv4.descending", text,
                        fmt::format("the address range {} ends before it begins", text));
  }
}

// Appends the networks that make up one range, in ascending order: at each address the largest network that
// begins there and does not pass the end. Every network inside the range lies within one of these, so the
// number of networks is minimal.
void append_networks(const Ipv4Range& range, std::vector<Ipv4Network>& networks) {
  std::uint64_t next = range.first.bits();
  const std::uint64_t end = std::uint64_t{range.last.bits()} + 1;
  while (next < end) {
    auto aligned = next == 0 ? 32U : static_cast<unsigned>(std::countr_zero(next));
    auto fitting = static_cast<unsigned>(std::bit_width(end - next)) - 1U;
    auto host_bits = std::min({aligned, fitting, 32U});
    networks.push_back(
        Ipv4Network::containing(Ipv4Address(static_cast<std::uint32_t>(next)), 32U - host_bits));
    next += std::uint64_t{1} << host_bits;
  }
}

}  // namespace

std::optional<Ipv4Address> Ipv4Address::parse(std::string_view text) noexcept {
  std::uint32_t bits = 0;
  for (int octet = 0; octet < 4; ++octet) {
    auto end = octet < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    auto value = parse_decimal(text.substr(0, end), 255);
    if (!value) return std::nullopt;
    bits = bits << 8U | static_cast<std::uint32_t>(*value);
    if (octet < 3) text.remove_prefix(end + 1);
  }
  return Ipv4Address(bits);
}

Ipv4Address Ipv4Address::from_string(std::string_view text) {
  return net::parsed(parse(text), text, "ipv4.syntax", "an IPv4 address",
                     "four numbers from 0 to 255 without leading zeros, joined by '.', such as 192.168.0.1");
}

std::string Ipv4Address::to_string() const {
  return fmt::format("{}.{}.{}.{}", bits_ >> 24U, bits_ >> 16U & 0xffU, bits_ >> 8U & 0xffU, bits_ & 0xffU);
}

std::optional<Ipv4Network> Ipv4Network::parse(std::string_view text) noexcept {
  auto parts = parse_cidr(text);
  if (!parts || (parts->address.bits() & ~mask_bits(parts->prefix_length)) != 0) return std::nullopt;
  Ipv4Network network;
  network.network_ = parts->address;
  network.prefix_length_ = parts->prefix_length;
  return network;
}

Ipv4Network Ipv4Network::from_string(std::string_view text) {
  auto network = parse(text);
  if (auto parts = parse_cidr(text); parts && !network) {
    auto meant = containing(parts->address, parts->prefix_length);
    throw ArgumentError("network.host_bits", std::string(text),
                        fmt::format("{} is not a network: expected zero bits after the prefix, as in {}",
                                    in_quotes(text), meant.to_string()));
  }
  return net::parsed(network, text, "network.syntax", "a network",
                     "an IPv4 address, '/' and a prefix length from 0 to 32, such as 192.168.0.0/24");
}

Ipv4Network Ipv4Network::containing(Ipv4Address address, unsigned prefix_length) {
  if (prefix_length > 32) {
    throw ArgumentError("network.prefix_length", std::to_string(prefix_length),
                        fmt::format("{} is not a prefix length: expected 0 to 32", prefix_length));
  }
  Ipv4Network network;
  network.network_ = Ipv4Address(address.bits() & mask_bits(prefix_length));
  network.prefix_length_ = prefix_length;
  return network;
}

std::string Ipv4Network::to_string() const {
  return fmt::format("{}/{}", network_.to_string(), prefix_length_);
}

Ipv4Address Ipv4Network::netmask() const noexcept {
  return Ipv4Address(mask_bits(prefix_length_));
}

Ipv4Address Ipv4Network::broadcast() const noexcept {
  return Ipv4Address(network_.bits() | ~mask_bits(prefix_length_));
}

Ipv4Range Ipv4Network::range() const noexcept {
  return {network_, broadcast()};
}

std::uint64_t Ipv4Network::size() const noexcept {
  return range().size();
}

bool Ipv4Network::contains(Ipv4Address address) const noexcept {
  return (address.bits() & mask_bits(prefix_length_)) == network_.bits();
}

bool Ipv4Network::contains(const Ipv4Network& other) const noexcept {
  return prefix_length_ <= other.prefix_length_ && contains(other.network_);
}

bool Ipv4Network::overlaps(const Ipv4Network& other) const noexcept {
  return contains(other) || other.contains(*this);
}

std::vector<Ipv4Network> minimal_networks(Ipv4Range range) {
  require_ascending(range);
  std::vector<Ipv4Network> networks;
  append_networks(range, networks);
  return networks;
}

std::vector<Ipv4Network> minimal_networks(std::vector<Ipv4Range> ranges) {
  std::for_each(ranges.begin(), ranges.end(), require_ascending);
  std::sort(ranges.begin(), ranges.end());
  std::vector<Ipv4Network> networks;
  for (auto next = ranges.begin(); next != ranges.end();) {
    // Ranges that overlap or touch become one, so that a network may span them.
    auto joined = *next++;
    while (next != ranges.end() && next->first.bits() <= std::uint64_t{joined.last.bits()} + 1) {
      joined.last = std::max(joined.last, next->last);
      ++next;
    }
    append_networks(joined, networks);
  }
  return networks;
}

}  // namespace krgboot
