#include "networkd_network.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

#include "base/section_file.hpp"

namespace krgboot {

namespace {

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// systemd's words for yes (parse_boolean()).
bool is_yes(std::string_view value) {
  constexpr std::array<std::string_view, 6> words = {"1", "yes", "y", "true", "t", "on"};
  return is_one_of(to_lower(value), words);
}

/// Names that systemd, the kernel and container engines give to what is no wired card.
bool is_no_card(std::string_view pattern) {
  if (pattern == "lo" || pattern == "host0") return true;
  constexpr std::array<std::string_view, 16> begins = {"wl",  "ww",  "br",   "bond", "docker", "veth",
                                                       "ve-", "vb-", "vz-",  "vt-",  "virbr",  "tun",
                                                       "tap", "wg",  "6rd-", "dummy"};
  return std::any_of(begins.begin(), begins.end(),
                     [&](std::string_view begin) { return pattern.substr(0, begin.size()) == begin; });
}

void append_words(std::vector<std::string>& list, std::string_view value) {
  if (value.empty()) list.clear();  // an empty assignment resets the list
  for (auto word : split(value, ' ')) {
    if (auto name = trim(word); !name.empty()) list.emplace_back(name);
  }
}

}  // namespace

void NetworkdNetwork::match(const std::string& name, const std::string& value) {
  constexpr std::array<std::string_view, 6> drivers = {"veth", "bridge", "bonding",
                                                       "tun",  "dummy",  "wireguard"};
  if (name == "Name") append_words(names_, value);
  if (name == "Type") append_words(types_, value);
  if (name == "Kind" || name == "WLANInterfaceType" || name == "SSID") virtual_ = virtual_ || !value.empty();
  if (name == "Driver") virtual_ = virtual_ || is_one_of(value, drivers);
  if (name == "Virtualization") virtual_ = virtual_ || value == "container";
}

void NetworkdNetwork::add(std::string_view text) {
  for (const auto& setting : read_sections(text)) {
    const auto& [section, name, value, line] = setting;
    if (section == "Match") match(name, value);
    if (section == "Link" && name == "Unmanaged") unmanaged_ = is_yes(value);
    if (section == "Network" && name == "KeepConfiguration") keep_ = to_lower(value);
    if ((section == "DHCP" || section == "DHCPv4") && name == "CriticalConnection") critical_ = is_yes(value);
  }
}

bool NetworkdNetwork::may_be_of_boot_card() const {
  if (virtual_) return false;
  if (!types_.empty() && std::find(types_.begin(), types_.end(), "ether") == types_.end() &&
      types_.front().front() != '!')
    return false;
  return names_.empty() || !std::all_of(names_.begin(), names_.end(), is_no_card);
}

bool NetworkdNetwork::keeps_address() const {
  // Only a yes keeps an address that something else than networkd has set.
  return unmanaged_ || (keep_.empty() ? critical_ : is_yes(keep_));
}

}  // namespace krgboot
