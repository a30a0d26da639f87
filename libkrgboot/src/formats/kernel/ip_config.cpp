#include "krgboot/formats/kernel/ip_config.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot {

namespace {

struct AutoconfWord {
  std::string_view word;
  IpAutoconf autoconf;
};

// The first word of each value is the one that krgboot writes.
constexpr std::array autoconf_words = {
    AutoconfWord{"none", IpAutoconf::none},
    AutoconfWord{"off", IpAutoconf::none},
    AutoconfWord{"static", IpAutoconf::none},
    AutoconfWord{"any", IpAutoconf::any},
    AutoconfWord{"on", IpAutoconf::any},
    AutoconfWord{"dhcp", IpAutoconf::dhcp},
    AutoconfWord{"bootp", IpAutoconf::bootp},
    AutoconfWord{"rarp", IpAutoconf::rarp},
    AutoconfWord{"both", IpAutoconf::both},
    AutoconfWord{"dhcp6", IpAutoconf::dhcp6},
    AutoconfWord{"auto6", IpAutoconf::auto6},
    AutoconfWord{"either6", IpAutoconf::either6},
    AutoconfWord{"link6", IpAutoconf::link6},
    AutoconfWord{"ibft", IpAutoconf::ibft},
    AutoconfWord{"single-dhcp", IpAutoconf::single_dhcp},
};

constexpr std::string_view client_id_prefix = "dhcp,";
constexpr std::size_t kernel_fields = 10;
constexpr std::size_t fields_before_dns = 7;
constexpr unsigned long max_mtu = 65535;

// The characters that a name may contain in a field of the value.
bool is_field(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '"' && c != ':'; });
}

bool is_client_id(std::string_view text) noexcept {
  auto comma = text.find(',');
  return comma != std::string_view::npos && comma + 1 < text.size() && is_field(text) &&
         parse_decimal(text.substr(0, comma), 255).has_value();
}

bool read_autoconf(std::string_view text, IpConfig& config) {
  if (text.substr(0, client_id_prefix.size()) == client_id_prefix) {
    config.autoconf = IpAutoconf::dhcp;
    config.client_id = text.substr(client_id_prefix.size());
    return is_client_id(config.client_id);
  }
  const auto* found = std::find_if(autoconf_words.begin(), autoconf_words.end(),
                                   [&](const AutoconfWord& a) { return a.word == text; });
  if (found == autoconf_words.end()) return false;
  config.autoconf = found->autoconf;
  return true;
}

bool read_address(std::string_view text, std::optional<Ipv4Address>& address) {
  if (text.empty()) return true;
  address = Ipv4Address::parse(text);
  if (!address) return false;
  if (address->bits() == 0) address.reset();
  return true;
}

// The fields after the autoconf field in dracut's forms: an MTU and a MAC address, whose ':' also separate
// fields.
bool read_mtu_and_mac(const std::vector<std::string_view>& fields, std::size_t first, IpConfig& config) {
  if (first < fields.size() && !fields[first].empty()) {
    auto mtu = parse_decimal(fields[first], max_mtu);
    if (!mtu || *mtu == 0) return false;
    config.mtu = static_cast<unsigned>(*mtu);
  }
  if (first + 1 >= fields.size()) return true;
  auto mac = fmt::format(
      "{}", fmt::join(fields.begin() + static_cast<std::ptrdiff_t>(first) + 1, fields.end(), ":"));
  if (mac.empty()) return true;
  config.mac = MacAddress::parse(mac);
  return config.mac.has_value();
}

bool read_device_form(const std::vector<std::string_view>& fields, IpConfig& config) {
  if (fields[0].empty() || !is_field(fields[0]) || !read_autoconf(fields[1], config)) return false;
  config.device = fields[0];
  return read_mtu_and_mac(fields, 2, config);
}

bool read_kernel_form(const std::vector<std::string_view>& fields, IpConfig& config) {
  auto field = [&](std::size_t i) { return i < fields.size() ? fields[i] : std::string_view(); };
  if (!read_address(field(0), config.client) || !read_address(field(1), config.server) ||
      !read_address(field(2), config.gateway) || !read_address(field(3), config.netmask) ||
      !is_field(field(4)) || !is_field(field(5)) || (!field(6).empty() && !read_autoconf(field(6), config))) {
    return false;
  }
  config.hostname = field(4);
  config.device = field(5);
  bool has_dns = fields.size() <= kernel_fields && read_address(field(7), config.dns0) &&
                 read_address(field(8), config.dns1) && read_address(field(9), config.ntp0);
  if (has_dns) return true;
  config.dns0 = config.dns1 = config.ntp0 = std::nullopt;
  return read_mtu_and_mac(fields, fields_before_dns, config);
}

std::string text_of(const std::optional<Ipv4Address>& address) {
  return address ? address->to_string() : std::string();
}

std::string autoconf_text(const IpConfig& config) {
  if (config.autoconf == IpAutoconf::unset) return "";
  if (!config.client_id.empty()) return std::string(client_id_prefix) + config.client_id;
  const auto* found = std::find_if(autoconf_words.begin(), autoconf_words.end(),
                                   [&](const AutoconfWord& a) { return a.autoconf == config.autoconf; });
  return std::string(found->word);
}

std::optional<std::string> problem_of(const IpConfig& config) {
  for (const auto& name : {config.hostname, config.device}) {
    if (!is_field(name)) return fmt::format("{} cannot stand in a field of ip=", in_quotes(name));
  }
  if (!config.client_id.empty() && (config.autoconf != IpAutoconf::dhcp || !is_client_id(config.client_id))) {
    return fmt::format("{} is no client id of a DHCP request: expected TYPE,VALUE",
                       in_quotes(config.client_id));
  }
  bool is_dracut = config.mtu || config.mac;
  if (is_dracut && (config.dns0 || config.dns1 || config.ntp0)) {
    return "ip= carries name servers or an MTU and MAC address, not both";
  }
  return std::nullopt;
}

}  // namespace

std::optional<IpConfig> IpConfig::parse(std::string_view value) {
  auto fields = split(value, ':');
  IpConfig config;
  if (value.empty()) value = "none";
  if (fields.size() == 1 && read_autoconf(value, config)) return config;
  // A single address is the kernel's client field; a single device name is not a valid form.
  if (fields.size() == 1 && !Ipv4Address::parse(value)) return std::nullopt;
  config = IpConfig();
  if (fields.size() >= 2 && read_device_form(fields, config)) return config;
  config = IpConfig();
  if (read_kernel_form(fields, config)) return config;
  return std::nullopt;
}

IpConfig IpConfig::from_string(std::string_view value) {
  auto config = parse(value);
  if (!config) {
    throw ArgumentError("ip_config.syntax", std::string(value),
                        fmt::format("{} is not a value of ip=: expected dhcp, or "
                                    "client:server:gateway:netmask:hostname:device:autoconf:dns0:dns1:ntp0",
                                    in_quotes(value)));
  }
  return *std::move(config);
}

std::string IpConfig::to_string() const {
  if (auto problem = problem_of(*this)) throw ArgumentError("ip_config.syntax", device, *problem);
  std::vector<std::string> fields{text_of(client), text_of(server), text_of(gateway),    text_of(netmask),
                                  hostname,        device,          autoconf_text(*this)};
  bool only_device = std::all_of(fields.begin(), fields.begin() + 5, [](const auto& f) { return f.empty(); });
  if (mtu || mac) {
    if (only_device && !device.empty() && autoconf != IpAutoconf::unset) fields = {device, fields[6]};
    fields.push_back(mtu ? fmt::format("{}", *mtu) : "");
    if (mac) fields.push_back(mac->to_string());
    return fmt::format("{}", fmt::join(fields, ":"));
  }
  if (only_device && device.empty() && !dns0 && !dns1 && !ntp0) {
    return autoconf == IpAutoconf::unset ? ":" : fields[6];  // an empty value would mean "none"
  }
  for (const auto& address : {dns0, dns1, ntp0}) fields.push_back(text_of(address));
  while (fields.size() > 1 && fields.back().empty()) fields.pop_back();
  return fmt::format("{}", fmt::join(fields, ":"));
}

bool IpConfig::is_dynamic() const noexcept {
  if (autoconf == IpAutoconf::none || autoconf == IpAutoconf::ibft) return false;
  // With a given address, the kernel uses DHCP only if the autoconf field requests it.
  return autoconf != IpAutoconf::unset || !client;
}

}  // namespace krgboot
