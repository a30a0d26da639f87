#include "kept_network.hpp"

#include <array>
#include <climits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dhcpcd_conf.hpp"
#include "image_settings.hpp"
#include "interfaces_files.hpp"
#include "network_keep.hpp"
#include "networkd_network.hpp"
#include "step_facts.hpp"

namespace krgboot {

namespace {

constexpr const char* networkd_files = "/etc/systemd/network";
// Earlier directories override later ones (systemd.network(5)); /run is empty in an image.
constexpr std::array<std::string_view, 4> networkd_directories = {
    networkd_files, "/usr/local/lib/systemd/network", "/usr/lib/systemd/network", "/lib/systemd/network"};

/// Paths by file name; of files with one name, that in the first directory.
std::map<std::string, std::string> networkd_paths(const Root& image, const std::string& below,
                                                  std::string_view ending) {
  std::map<std::string, std::string> paths;
  for (auto directory : networkd_directories) {
    auto where = fmt::format("{}{}", directory, below);
    for (const auto& name : names_in(image, where)) {
      if (name.ends_with(ending)) paths.emplace(name, fmt::format("{}/{}", where, name));
    }
  }
  return paths;
}

// Sorts after other common names: in drop-in files, the last setting counts.
constexpr const char* networkd_drop_in = "zzz-krgboot.conf";

/// The drop-in file that overrides krgboot's, so that a card does not keep its address; empty if none does.
std::string overriding_file(const Root& image, const std::string& network,
                            const std::map<std::string, std::string>& drop_ins) {
  NetworkdNetwork told;
  told.add(network);
  told.add(networkd_keep());
  std::string overriding;
  for (auto drop_in = drop_ins.upper_bound(networkd_drop_in); drop_in != drop_ins.end(); ++drop_in) {
    auto kept = told.keeps_address();
    told.add(text_of(image, drop_in->second).value_or(""));
    if (kept && !told.keeps_address()) overriding = drop_in->second;
  }
  return told.keeps_address() ? std::string() : overriding;
}

void networkd_file(const Root& image, const std::string& name, const std::string& path,
                   std::vector<NetworkSetting>& settings) {
  auto text = text_of(image, path).value_or("");
  if (text.empty()) return;  // an empty file disables the network, as a symlink to /dev/null does
  auto directory = fmt::format("/{}.d", name);
  // The name with ".d" is too long for a file name: networkd finds no drop-in files for it either.
  auto has_drop_ins = directory.size() - 1 <= NAME_MAX;
  std::map<std::string, std::string> drop_ins;
  if (has_drop_ins) drop_ins = networkd_paths(image, directory, ".conf");
  NetworkdNetwork network;
  network.add(text);
  for (const auto& drop_in : drop_ins) network.add(text_of(image, drop_in.second).value_or(""));
  if (!network.may_be_of_boot_card() || network.keeps_address()) return;
  if (!has_drop_ins) {
    settings.push_back({fmt::format("{} does not tell systemd-networkd to keep the address of the card that "
                                    "carries the NFS root, and its name is too long for a drop-in file: put "
                                    "KeepConfiguration=yes into it",
                                    path),
                        path, std::nullopt});
    return;
  }
  if (auto file = overriding_file(image, text, drop_ins); !file.empty()) {
    settings.push_back(
        {fmt::format("{} overrides KeepConfiguration=yes of {}, without which systemd-networkd "
                     "does not keep the address of the card that carries the NFS root: take "
                     "KeepConfiguration out of it",
                     file, networkd_drop_in),
         file, std::nullopt});
    return;
  }
  settings.push_back(
      {fmt::format("systemd-networkd configures the card that carries the NFS root, and {} does not "
                   "tell it to keep the address: KeepConfiguration=yes",
                   path),
       fmt::format("{}{}/{}", networkd_files, directory, networkd_drop_in), std::string(networkd_keep())});
}

void networkd(const Root& image, std::vector<NetworkSetting>& settings) {
  if (!is_enabled(image, "systemd-networkd")) return;
  for (const auto& [name, path] : networkd_paths(image, "", ".network"))
    networkd_file(image, name, path, settings);
}

void ifupdown(const Root& image, InitSystem init, std::vector<NetworkSetting>& settings) {
  if (!is_enabled(image, "networking")) return;
  auto cards = cards_of_ifupdown(image);
  if (cards.empty()) return;
  auto why = fmt::format("ifupdown reconfigures {}; this may be the card that carries the NFS root",
                         fmt::join(cards, ", "));
  if (init == InitSystem::sysvinit) {
    constexpr const char* path = "/etc/default/networking";
    auto text = text_of(image, path).value_or("");
    auto setting = ifupdown_exclude().substr(ifupdown_exclude().find('\n') + 1);  // without the comment line
                                                                                  // above it
    if (text.find(setting) != std::string::npos) return;
    if (!text.empty() && text.back() != '\n') text += '\n';
    settings.push_back({std::move(why), path, text.append(ifupdown_exclude())});
    return;
  }
  for (const auto* unit : {"networking", "ifup@"}) {
    auto path = fmt::format("/etc/systemd/system/{}.service.d/krgboot.conf", unit);
    if (text_of(image, path) != ifupdown_keep())
      settings.push_back({why, std::move(path), std::string(ifupdown_keep())});
  }
}

// Sorts after Debian's own 85-nm-unmanaged.rules.
constexpr const char* udev_rules = "/etc/udev/rules.d/86-krgboot.rules";

void network_manager(const Root& image, std::vector<NetworkSetting>& settings) {
  if (!is_enabled(image, "NetworkManager") && !is_enabled(image, "network-manager")) return;
  if (text_of(image, udev_rules) == network_manager_keep()) return;
  settings.push_back({"NetworkManager may reconfigure the card that carries the NFS root", udev_rules,
                      std::string(network_manager_keep())});
}

void dhcpcd(const Root& image, std::vector<NetworkSetting>& settings) {
  constexpr const char* path = "/etc/dhcpcd.conf";
  if (!is_enabled(image, "dhcpcd")) return;
  auto text = text_of(image, path).value_or("");
  if (dhcpcd_conf::is_persistent(text)) return;
  settings.push_back({fmt::format("dhcpcd takes the address from the card that carries the NFS root when it "
                                  "stops: {} has no persistent",
                                  path),
                      path, dhcpcd_conf::with_persistent(text)});
}

}  // namespace

std::vector<NetworkSetting> missing_network_settings(const Root& image, const KeptNetwork& state) {
  std::vector<NetworkSetting> settings;
  if (state.init == InitSystem::systemd) networkd(image, settings);
  ifupdown(image, state.init, settings);
  network_manager(image, settings);
  dhcpcd(image, settings);
  return settings;
}

}  // namespace krgboot
