#include "kept_network.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include "dhcpcd_conf.hpp"
#include "interfaces.hpp"
#include "network_keep.hpp"
#include "networkd_network.hpp"
#include "step_facts.hpp"

namespace krgboot {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20U;

std::vector<std::string> names_in(const Root& image, const std::string& directory) {
  auto status = image.status_through_links(directory);
  if (!status || status->kind != FileKind::directory) return {};
  auto names = image.list_directory(directory).value_or(std::vector<std::string>{});
  std::sort(names.begin(), names.end());
  return names;
}

/// nullopt for what is no file: /dev/null switches a file of the distribution's off.
std::optional<std::string> text_of(const Root& image, const std::string& path) {
  auto status = image.status_through_links(path);
  if (!status || status->kind != FileKind::file) return std::nullopt;
  auto read = image.read_through_links(path, largest_file);
  if (!read) return std::nullopt;
  return std::move(read->bytes);
}

constexpr const char* networkd_files = "/etc/systemd/network";
// In the order in which they override each other (systemd.network(5)); /run is empty in an image.
constexpr std::array<std::string_view, 4> networkd_directories = {
    networkd_files, "/usr/local/lib/systemd/network", "/usr/lib/systemd/network", "/lib/systemd/network"};

/// By its name, the file of the directory that comes first.
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

void networkd(const Root& image, std::vector<NetworkSetting>& settings) {
  if (!is_enabled(image, "systemd-networkd")) return;
  for (const auto& [name, path] : networkd_paths(image, "", ".network")) {
    auto text = text_of(image, path);
    if (!text) continue;
    NetworkdNetwork network;
    network.add(*text);
    for (const auto& drop_in : networkd_paths(image, fmt::format("/{}.d", name), ".conf"))
      network.add(text_of(image, drop_in.second).value_or(""));
    if (!network.may_be_of_boot_card() || network.keeps_address()) continue;
    settings.push_back(
        {fmt::format("systemd-networkd configures the card that the root came by, and {} does not "
                     "tell it to keep the address: KeepConfiguration=yes",
                     path),
         fmt::format("{}/{}.d/krgboot.conf", networkd_files, name), std::string(networkd_keep())});
  }
}

/// A file of the name that a source line gives, from the directory of the file where it stands.
std::vector<std::string> sourced(const Root& image, const Interfaces::Source& source) {
  auto path = source.path.front() == '/' ? source.path : "/etc/network/" + source.path;
  auto slash = path.rfind('/');
  auto directory = source.is_directory ? path : path.substr(0, slash);
  auto pattern = source.is_directory ? std::string("*") : path.substr(slash + 1);
  std::vector<std::string> paths;
  for (const auto& name : names_in(image, directory)) {
    if (fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0)
      paths.push_back(fmt::format("{}/{}", directory, name));
  }
  return paths;
}

/// Cards that ifupdown would configure. Root of a node writes these files: no more of them are read than
/// anybody has, each once.
std::vector<std::string> cards_of_ifupdown(const Root& image) {
  constexpr std::size_t most_files = 200;
  Interfaces interfaces;
  std::vector<std::string> files = {"/etc/network/interfaces"};
  std::set<std::string> sources;
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const auto& source : interfaces.add(text_of(image, files[i]).value_or(""))) {
      if (sources.size() >= most_files || !sources.insert(source.path).second) continue;
      for (auto& path : sourced(image, source)) {
        auto is_new = std::find(files.begin(), files.end(), path) == files.end();
        if (is_new && files.size() < most_files) files.push_back(std::move(path));
      }
    }
  }
  return interfaces.configured();
}

void ifupdown(const Root& image, InitSystem init, std::vector<NetworkSetting>& settings) {
  if (!is_enabled(image, "networking")) return;
  auto cards = cards_of_ifupdown(image);
  if (cards.empty()) return;
  auto why = fmt::format("ifupdown configures {} anew, which may be the card that the root came by",
                         fmt::join(cards, ", "));
  if (init == InitSystem::sysvinit) {
    constexpr const char* path = "/etc/default/networking";
    auto text = text_of(image, path).value_or("");
    if (text.find(ifupdown_exclude()) != std::string::npos) return;
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

// Behind Debian's own 85-nm-unmanaged.rules.
constexpr const char* udev_rules = "/etc/udev/rules.d/86-krgboot.rules";

void network_manager(const Root& image, std::vector<NetworkSetting>& settings) {
  if (!is_enabled(image, "NetworkManager") && !is_enabled(image, "network-manager")) return;
  if (text_of(image, udev_rules) == network_manager_keep()) return;
  settings.push_back({"NetworkManager may configure the card anew that the root came by", udev_rules,
                      std::string(network_manager_keep())});
}

void dhcpcd(const Root& image, std::vector<NetworkSetting>& settings) {
  constexpr const char* path = "/etc/dhcpcd.conf";
  if (!is_enabled(image, "dhcpcd")) return;
  auto text = text_of(image, path).value_or("");
  if (dhcpcd_conf::is_persistent(text)) return;
  settings.push_back({fmt::format("dhcpcd takes the address from the card that the root came by when it "
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
