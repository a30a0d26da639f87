#include "networkd_network.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fnmatch.h>

#include "section_file.hpp"

namespace krgboot {

namespace {

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// systemd's values for true (parse_boolean()).
bool is_yes(std::string_view value) {
  constexpr std::array<std::string_view, 6> words = {"1", "yes", "y", "true", "t", "on"};
  return is_one_of(to_lower(value), words);
}

/// Names that systemd, the kernel and container engines give to interfaces other than wired cards.
bool is_no_card(std::string_view pattern) {
  if (pattern == "lo" || pattern == "host0") return true;
  constexpr std::array<std::string_view, 16> begins = {"wl",  "ww",  "br",   "bond", "docker", "veth",
                                                       "ve-", "vb-", "vz-",  "vt-",  "virbr",  "tun",
                                                       "tap", "wg",  "6rd-", "dummy"};
  return std::any_of(begins.begin(), begins.end(),
                     [&](std::string_view begin) { return pattern.substr(0, begin.size()) == begin; });
}

/// Drivers of virtual interfaces.
bool is_no_driver(std::string_view pattern) {
  constexpr std::array<std::string_view, 6> drivers = {"veth", "bridge", "bonding",
                                                       "tun",  "dummy",  "wireguard"};
  return is_one_of(pattern, drivers);
}

/// A "!" before the first word inverts all words of its line; it is stored with each word, as in systemd.
void append_words(std::vector<std::string>& list, std::string_view value) {
  if (value.empty()) list.clear();  // an empty assignment resets the list
  auto inverts = !value.empty() && value.front() == '!';
  std::string word;
  auto end_word = [&] {
    if (!word.empty()) list.push_back((inverts ? "!" : "") + std::exchange(word, {}));
  };
  for (char c : value.substr(inverts ? 1 : 0)) {
    if (c == ' ' || c == '\t')
      end_word();
    else if (c != '"' && c != '\'')
      word += c;  // names of cards contain no quotes
  }
  end_word();
}

bool is_inverted(std::string_view word) {
  return word.front() == '!';
}

/// Does a list match `value`? nullptr: the card has no such property. (net_condition_test_strv() of systemd:
/// a list of words with "!" matches everything else.)
bool matches(const std::vector<std::string>& list, const char* value) {
  auto fits = [&](const std::string& word) {
    auto skipped = is_inverted(word) ? 1U : 0U;
    return value != nullptr && fnmatch(word.c_str() + skipped, value, 0) == 0;
  };
  auto is_excluded = [&](const std::string& word) { return is_inverted(word) && fits(word); };
  auto is_chosen = [&](const std::string& word) { return !is_inverted(word) && fits(word); };
  if (std::any_of(list.begin(), list.end(), is_excluded)) return false;
  return std::all_of(list.begin(), list.end(), is_inverted) ||
         std::any_of(list.begin(), list.end(), is_chosen);
}

/// The same for a property that is not known before boot: could the list match a wired card? `is_other`
/// recognises words for other interfaces.
template <class IsOther>
bool may_match(const std::vector<std::string>& list, IsOther is_other) {
  std::set<std::string_view> listed(list.begin(), list.end());
  if (listed.count("!*") != 0) return false;
  auto is_candidate = [&](const std::string& word) {
    return !is_inverted(word) && !is_other(word) && listed.count("!" + word) == 0;
  };
  return std::all_of(list.begin(), list.end(), is_inverted) ||
         std::any_of(list.begin(), list.end(), is_candidate);
}

// Conditions on properties that wired cards do not have, and on those that they have.
constexpr std::array<std::string_view, 4> absent = {"Kind", "SSID", "BSSID", "WLANInterfaceType"};
constexpr std::array<std::string_view, 3> present = {"Name", "Type", "Driver"};

}  // namespace

void NetworkdNetwork::match(const std::string& name, std::string_view value) {
  if (is_one_of(name, absent) || is_one_of(name, present)) append_words(matches_[name], value);
  if (name == "Virtualization") in_container_ = value == "container";
}

const NetworkdNetwork::Words& NetworkdNetwork::words(std::string_view name) const {
  static const Words none;
  auto found = matches_.find(name);
  return found == matches_.end() ? none : found->second;
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
  auto fits = [&](std::string_view name) { return matches(words(name), nullptr); };
  return !in_container_ && std::all_of(absent.begin(), absent.end(), fits) &&
         matches(words("Type"), "ether") && may_match(words("Name"), is_no_card) &&
         may_match(words("Driver"), is_no_driver);
}

bool NetworkdNetwork::keeps_address() const {
  // Only "yes" keeps an address that networkd has not set itself.
  return unmanaged_ || (keep_.empty() ? critical_ : is_yes(keep_));
}

}  // namespace krgboot
