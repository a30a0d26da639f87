#include "model/names.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot::model {

namespace {

constexpr bool is_letter_or_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Names that Debian's /etc/hosts gives to the machine itself and to IPv6 groups.
constexpr std::array<std::string_view, 6> names_of_every_machine = {
    "localhost", "ip6-localhost", "ip6-loopback", "ip6-allnodes", "ip6-allrouters", "ip6-mcastprefix"};

constexpr std::size_t longest_domain_name = 253;

}  // namespace

bool is_label(std::string_view text) noexcept {
  if (text.empty() || text.size() > 64 || !is_letter_or_digit(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

std::string shown(std::string_view name) {
  return is_label(name) ? std::string(name) : in_quotes(name);
}

std::string named_key(std::string_view section, std::string_view name) {
  return fmt::format("{}.{}", section, shown(name));
}

std::optional<NameFault> host_name_fault(const HostName& name, const std::optional<DomainName>& domain) {
  const auto& text = name.to_string();
  auto is_same = [&](std::string_view other) {
    return text.size() == other.size() && to_lower(text) == other;
  };
  if (std::any_of(names_of_every_machine.begin(), names_of_every_machine.end(), is_same)) {
    return NameFault{"name.reserved", fmt::format("{} means every machine itself in /etc/hosts", text), ""};
  }
  auto length = domain ? text.size() + 1 + domain->to_string().size() : 0;
  if (length > longest_domain_name) {
    return NameFault{"name.too_long",
                     fmt::format("{} has {} characters together with the domain, but DNS holds {}", text,
                                 length, longest_domain_name),
                     "shorten the name or cluster.domain"};
  }
  return std::nullopt;
}

std::string suggest_one_of(std::string_view word, const std::vector<std::string>& known) {
  // Skip this for long lists: every wrong word is compared with every known one.
  if (known.size() <= 1000) {
    if (auto near = did_you_mean(word, known)) return fmt::format("did you mean {}?", shown(*near));
  }
  if (known.empty()) return "there is none in this file";
  constexpr std::size_t most_shown = 8;
  std::vector<std::string> some;
  for (std::size_t i = 0; i < known.size() && i < most_shown; ++i) some.push_back(shown(known[i]));
  if (known.size() > most_shown) some.emplace_back("...");
  return fmt::format("there are: {}", fmt::join(some, ", "));
}

}  // namespace krgboot::model
