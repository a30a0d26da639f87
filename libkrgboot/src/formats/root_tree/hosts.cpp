#include "krgboot/formats/root_tree/hosts.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace krgboot::hosts {

namespace {

// isspace in the C locale, without the newline.
constexpr std::string_view blanks = " \t\v\f\r";

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  // The zone ("fe80::1%eth0") is not a part of the address.
  return inet_pton(AF_INET6, std::string(text.substr(0, text.find('%'))).c_str(), &address) == 1;
}

bool same_name(std::string_view a, std::string_view b) {
  return to_lower(a) == to_lower(b);
}

template <class List, class Value, class Same>
void add_once(List& list, const Value& value, Same same) {
  bool is_there =
      std::any_of(list.begin(), list.end(), [&](const auto& known) { return same(known, value); });
  if (!is_there) list.push_back(value);
}

}  // namespace

HostsFile HostsFile::parse(std::string_view text) {
  HostsFile file;
  file.text_ = text;
  std::uint32_t number = 0;
  for (auto line : split_lines(text)) {
    ++number;
    if (line.back() == '\n') line.remove_suffix(1);
    auto hash = line.find('#');
    auto comment = hash == std::string_view::npos ? std::string_view() : trim(line.substr(hash + 1));
    auto content = line.substr(0, hash);
    auto words = split_words(content, blanks);
    if (words.empty()) continue;
    Position at{number, static_cast<std::uint32_t>(words.front().data() - line.data() + 1)};
    auto warn = [&](const char* code, std::string message) {
      file.diagnostics_.push_back({Severity::warning, code, std::move(message), "", "", {"", at}});
    };
    auto ipv4 = Ipv4Address::parse(words.front());
    if (!ipv4 && !is_ipv6(words.front())) {
      warn("hosts.address",
           fmt::format("{} is no address, so that the line is passed over", in_quotes(words.front())));
    } else if (words.size() == 1) {
      warn("hosts.no_name", fmt::format("the address {} has no name", words.front()));
    } else {
      file.entries_.push_back(
          {std::string(words.front()), ipv4, {words.begin() + 1, words.end()}, std::string(comment), at});
    }
  }
  return file;
}

std::vector<std::string> HostsFile::names_of(Ipv4Address address) const {
  std::vector<std::string> names;
  for (const auto& entry : entries_) {
    if (entry.ipv4 != address) continue;
    for (const auto& name : entry.names) add_once(names, name, same_name);
  }
  return names;
}

std::vector<Ipv4Address> HostsFile::addresses_of(std::string_view name) const {
  std::vector<Ipv4Address> addresses;
  for (const auto& entry : entries_) {
    bool has_name = std::any_of(entry.names.begin(), entry.names.end(),
                                [&](const std::string& known) { return same_name(known, name); });
    if (entry.ipv4 && has_name) add_once(addresses, *entry.ipv4, std::equal_to<>());
  }
  return addresses;
}

std::optional<Ipv4Address> HostsFile::address_of(std::string_view name) const {
  auto addresses = addresses_of(name);
  if (addresses.empty()) return std::nullopt;
  return addresses.front();
}

}  // namespace krgboot::hosts
