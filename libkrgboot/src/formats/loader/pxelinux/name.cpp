#include "krgboot/formats/loader/pxelinux/name.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "net/hex.hpp"

namespace krgboot {

namespace {

constexpr std::string_view ethernet_prefix = "01-";  // the ARP hardware type
constexpr std::size_t most_digits = 8;
constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

bool has_upper(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<Ipv4Network> parse_digits(std::string_view name) noexcept {
  if (name.empty() || name.size() > most_digits) return std::nullopt;
  std::uint32_t bits = 0;
  for (char c : name) {
    auto digit = upper_hex_digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 4U | static_cast<std::uint32_t>(digit);
  }
  auto digits = static_cast<unsigned>(name.size());
  return Ipv4Network::containing(Ipv4Address(bits << (32U - 4U * digits)), 4U * digits);
}

}  // namespace

std::string pxelinux_name(Ipv4Address address) {
  return fmt::format("{:08X}", address.bits());
}

std::string pxelinux_name(const MacAddress& mac) {
  return std::string(ethernet_prefix) + net::format_octets(mac.octets(), '-', net::mac_separated);
}

std::string pxelinux_name(const Uuid& uuid) {
  return uuid.to_string();
}

std::string pxelinux_name(std::string_view text) {
  if (auto address = Ipv4Address::parse(text)) return pxelinux_name(*address);
  if (auto mac = MacAddress::parse(text)) return pxelinux_name(*mac);
  if (auto uuid = Uuid::parse(text)) return pxelinux_name(*uuid);
  throw ArgumentError(
      "pxelinux.not_a_client", std::string(text),
      fmt::format("{} does not name one machine: expected an IPv4 address, a MAC address or a UUID",
                  in_quotes(text)));
}

std::vector<std::string> pxelinux_names(const Ipv4Network& network) {
  return pxelinux_names(network.range());
}

std::vector<std::string> pxelinux_names(Ipv4Range range) {
  // A name of d digits is a network of 4d bits. Each minimal network consists of 1, 2, 4 or 8 names with the
  // next whole digit; 16 such names would form a larger network with one digit less. The whole address space
  // has no single name.
  std::vector<std::string> names;
  for (const auto& network : minimal_networks(range)) {
    auto digits = std::max(1U, (network.prefix_length() + 3U) / 4U);
    auto step = std::uint64_t{1} << (32U - 4U * digits);
    const std::uint64_t end = std::uint64_t{network.broadcast().bits()} + 1;
    for (std::uint64_t first = network.network().bits(); first < end; first += step) {
      names.push_back(fmt::format("{:08X}", first).substr(0, digits));
    }
  }
  return names;
}

std::optional<PxelinuxSubject> parse_pxelinux_name(std::string_view name) noexcept {
  if (name == pxelinux_default) return DefaultBootFile{};
  if (auto network = parse_digits(name)) return *network;
  if (has_upper(name)) return std::nullopt;
  if (auto uuid = Uuid::parse(name)) return *uuid;
  if (name.substr(0, ethernet_prefix.size()) != ethernet_prefix) return std::nullopt;
  name.remove_prefix(ethernet_prefix.size());
  if (name.find(':') != std::string_view::npos) return std::nullopt;
  if (auto mac = MacAddress::parse(name)) return *mac;
  return std::nullopt;
}

bool pxelinux_asks_for(const Uuid& uuid) noexcept {
  auto version = uuid.octets()[6] >> 4U;
  return version != 0x0 && version != 0xf;
}

std::vector<std::string> pxelinux_search_order(const PxelinuxClient& client) {
  std::vector<std::string> names;
  if (client.uuid && pxelinux_asks_for(*client.uuid)) names.push_back(pxelinux_name(*client.uuid));
  if (client.mac) names.push_back(pxelinux_name(*client.mac));
  if (client.address) {
    for (auto name = pxelinux_name(*client.address); !name.empty(); name.pop_back()) names.push_back(name);
  }
  names.emplace_back(pxelinux_default);
  return names;
}

}  // namespace krgboot
