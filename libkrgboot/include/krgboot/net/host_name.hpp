#pragma once

#include "krgboot/export.hpp"

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace krgboot {

/// One label of a host name: 1 to 63 letters, digits and '-', with no '-' at either end (RFC 1123, section
/// 2.1; RFC 1035, section 2.3.4), and not digits alone, which would look like a number. The case is kept;
/// comparison ignores it (RFC 4343).
class KRGBOOT_EXPORT HostName {
 public:
  /// nullopt: `text` is not a host name.
  static std::optional<HostName> parse(std::string_view text);
  /// As parse(); throws ArgumentError "host_name.syntax" if `text` is not a host name.
  static HostName from_string(std::string_view text);
  const std::string& to_string() const noexcept { return text_; }

  friend KRGBOOT_EXPORT bool operator==(const HostName& a, const HostName& b) noexcept;
  friend KRGBOOT_EXPORT std::weak_ordering operator<=>(const HostName& a, const HostName& b) noexcept;

 private:
  explicit HostName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// A domain name: labels as in HostName joined by '.', 253 characters at most, without a final dot. Labels
/// other than the last may be digits alone. A single label is a domain name too. Comparison ignores case.
class KRGBOOT_EXPORT DomainName {
 public:
  /// nullopt: `text` is not a domain name.
  static std::optional<DomainName> parse(std::string_view text);
  /// As parse(); throws ArgumentError "domain.syntax" if `text` is not a domain name.
  static DomainName from_string(std::string_view text);
  const std::string& to_string() const noexcept { return text_; }

  friend KRGBOOT_EXPORT bool operator==(const DomainName& a, const DomainName& b) noexcept;
  friend KRGBOOT_EXPORT std::weak_ordering operator<=>(const DomainName& a, const DomainName& b) noexcept;

 private:
  explicit DomainName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace krgboot

/// @cond
template <>
struct KRGBOOT_EXPORT std::hash<krgboot::HostName> {
  std::size_t operator()(const krgboot::HostName& name) const noexcept;  // ignores case, as == does
};
template <>
struct KRGBOOT_EXPORT std::hash<krgboot::DomainName> {
  std::size_t operator()(const krgboot::DomainName& name) const noexcept;  // ignores case, as == does
};
/// @endcond
