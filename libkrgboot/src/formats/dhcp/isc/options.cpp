#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "expression.hpp"

namespace krgboot::dhcpd {

namespace {

// The options of dhcp-options(5) that clients send (RFC 2132, 3004, 3925, 4578), and those of pxelinux (RFC
// 5071).
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 20> coded_options = {{
    {"host-name", 12},
    {"vendor-encapsulated-options", 43},
    {"dhcp-requested-address", 50},
    {"dhcp-lease-time", 51},
    {"dhcp-message-type", 53},
    {"dhcp-server-identifier", 54},
    {"dhcp-parameter-request-list", 55},
    {"dhcp-max-message-size", 57},
    {"vendor-class-identifier", 60},
    {"dhcp-client-identifier", 61},
    {"user-class", 77},
    {"relay-agent-information", 82},
    {"pxe-system-type", 93},
    {"pxe-interface-id", 94},
    {"pxe-client-id", 97},
    {"vivco", 124},
    {"vivso", 125},
    {"loader-configfile", 209},
    {"loader-pathprefix", 210},
    {"loader-reboottime", 211},
}};

constexpr std::array<std::string_view, 22> address_parameters = {
    "next-server",
    "option subnet-mask",
    "option routers",
    "option time-servers",
    "option ien116-name-servers",
    "option domain-name-servers",
    "option log-servers",
    "option cookie-servers",
    "option lpr-servers",
    "option impress-servers",
    "option resource-location-servers",
    "option swap-server",
    "option broadcast-address",
    "option router-solicitation-address",
    "option static-routes",
    "option nis-servers",
    "option ntp-servers",
    "option netbios-name-servers",
    "option font-servers",
    "option dhcp-server-identifier",
    "option tftp-server-address",
    "option smtp-server",
};

}  // namespace

std::optional<std::uint8_t> option_code(const Declarations& declarations, std::string name) {
  if (auto defined = declarations.option_codes.find(name); defined != declarations.option_codes.end()) {
    return defined->second;
  }
  if (name.starts_with("dhcp.")) name.erase(0, 5);
  for (const auto& [known, code] : coded_options) {
    if (known == name) return code;
  }
  constexpr std::string_view unknown = "unknown-";  // dhcpd's name for an option known only by number
  std::uint8_t code = 0;
  if (!name.starts_with(unknown)) return std::nullopt;
  auto [end, error] = std::from_chars(name.data() + unknown.size(), name.data() + name.size(), code);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return code;
}

bool holds_addresses(const std::string& parameter) {
  for (auto known : address_parameters) {
    if (known == parameter) return true;
  }
  return false;
}

}  // namespace krgboot::dhcpd
