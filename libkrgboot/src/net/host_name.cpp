#include "krgboot/net/host_name.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include "net/parsed.hpp"

namespace krgboot {

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// RFC 1123, section 2.1: letters, digits and hyphen, the hyphen inside only; RFC 1035, section 2.3.4: 63 at
// most.
bool is_label(std::string_view text) noexcept {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

bool is_number(std::string_view label) noexcept {
  return std::all_of(label.begin(), label.end(), is_digit);
}

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::weak_ordering compare(std::string_view a, std::string_view b) noexcept {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (auto order = lower(a[i]) <=> lower(b[i]); order != 0) return order;
  }
  return a.size() <=> b.size();
}

// FNV-1a over the lower-case text, without a copy of it.
std::size_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(lower(c))) * 0x100000001b3U;
  return static_cast<std::size_t>(hash);
}

}  // namespace

std::optional<HostName> HostName::parse(std::string_view text) {
  if (!is_label(text) || is_number(text)) return std::nullopt;
  return HostName(std::string(text));
}

HostName HostName::from_string(std::string_view text) {
  return net::parsed(
      parse(text), text, "host_name.syntax", "a host name",
      "1 to 63 letters, digits and '-', beginning and ending with a letter or digit and not digits alone, "
      "such as ssi1");
}

bool operator==(const HostName& a, const HostName& b) noexcept {
  return compare(a.text_, b.text_) == 0;
}

std::weak_ordering operator<=>(const HostName& a, const HostName& b) noexcept {
  return compare(a.text_, b.text_);
}

std::optional<DomainName> DomainName::parse(std::string_view text) {
  if (text.size() > 253) return std::nullopt;
  auto labels = split(text, '.');
  if (!std::all_of(labels.begin(), labels.end(), is_label) || is_number(labels.back())) return std::nullopt;
  return DomainName(std::string(text));
}

DomainName DomainName::from_string(std::string_view text) {
  return net::parsed(
      parse(text), text, "domain.syntax", "a domain name",
      "labels of 1 to 63 letters, digits and '-' joined by '.', 253 characters at most, the last label not "
      "digits alone, such as mycluster.home");
}

bool operator==(const DomainName& a, const DomainName& b) noexcept {
  return compare(a.text_, b.text_) == 0;
}

std::weak_ordering operator<=>(const DomainName& a, const DomainName& b) noexcept {
  return compare(a.text_, b.text_);
}

}  // namespace krgboot

std::size_t std::hash<krgboot::HostName>::operator()(const krgboot::HostName& name) const noexcept {
  return krgboot::hash_of(name.to_string());
}

std::size_t std::hash<krgboot::DomainName>::operator()(const krgboot::DomainName& name) const noexcept {
  return krgboot::hash_of(name.to_string());
}
