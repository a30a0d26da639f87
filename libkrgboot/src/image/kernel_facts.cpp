#include "kernel_facts.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

#include "base/path_text.hpp"

namespace krgboot {

namespace {

constexpr std::string_view below_net = "kernel/drivers/net/";

// Drivers in drivers/net or a folder of it that are not for wired cards: layers over other interfaces,
// tunnels, test devices, buses within a card, radios.
constexpr std::array<std::string_view, 44> no_cards = {
    "amt",       "appletalk", "arcnet",   "bareudp", "bonding",  "can",        "dsa",          "dummy",
    "eql",       "fddi",      "geneve",   "gtp",     "hamradio", "ieee802154", "ifb",          "ipvlan",
    "irda",      "macsec",    "macvlan",  "macvtap", "mdio",     "mii",        "net_failover", "netconsole",
    "netdevsim", "nlmon",     "ovpn",     "pcs",     "pfcp",     "phy",        "ppp",          "slip",
    "tap",       "team",      "tun",      "veth",    "vrf",      "vsockmon",   "vxlan",        "wan",
    "wimax",     "wireguard", "wireless", "wwan"};

std::string_view without_usr(std::string_view path) {
  return path.substr(0, 4) == "usr/" ? path.substr(4) : path;
}

}  // namespace

KernelConfig KernelConfig::parse(std::string_view text) {
  KernelConfig config;
  for (auto line : split_lines(text)) {
    line = trim(line);
    auto equals = line.find('=');
    if (line.substr(0, 7) != "CONFIG_" || equals == std::string_view::npos) continue;
    auto value = line.substr(equals + 1);
    if (value == "y" || value == "m") config.values_.emplace(line.substr(0, equals), value.front());
  }
  return config;
}

Presence KernelConfig::presence(const std::string& option) const {
  auto found = values_.find(option);
  if (found == values_.end()) return Presence::absent;
  return found->second == 'y' ? Presence::builtin : Presence::module;
}

std::optional<std::string> module_name(std::string_view path) {
  auto file = file_name_of(path);
  auto dot = file.rfind(".ko");
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  auto packing = file.substr(dot + 3);
  if (!packing.empty() && packing != ".gz" && packing != ".xz" && packing != ".zst") return std::nullopt;
  std::string name(file.substr(0, dot));
  std::replace(name.begin(), name.end(), '-', '_');  // the kernel treats them as equal
  return name;
}

bool drives_network_card(std::string_view path) {
  auto at = path.find(below_net);
  if (at == std::string_view::npos || !module_name(path)) return false;
  auto rest = path.substr(at + below_net.size());
  auto slash = rest.find('/');
  auto first = slash != std::string_view::npos ? std::string(rest.substr(0, slash)) : *module_name(path);
  auto is_first = [&](std::string_view name) { return name == first; };
  return std::none_of(no_cards.begin(), no_cards.end(), is_first);
}

InitramfsContents::InitramfsContents(const std::vector<std::string>& names) {
  constexpr std::string_view modules_folder = "lib/modules/";
  for (const auto& name : names) {
    auto path = without_usr(name);
    paths.emplace(path);
    if (path.substr(0, modules_folder.size()) != modules_folder) continue;
    auto rest = path.substr(modules_folder.size());
    auto slash = rest.find('/');
    if (slash == std::string_view::npos) continue;
    auto module = module_name(path);
    if (!module) continue;
    versions.emplace(rest.substr(0, slash));
    modules.insert(*module);
    if (drives_network_card(path)) drivers.insert(*module);
  }
}

bool InitramfsContents::has_program(const std::string& name) const {
  return has("bin/" + name) || has("sbin/" + name);
}

}  // namespace krgboot
