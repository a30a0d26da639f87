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

/// One label of a host name: 1 to 63 letters, digits and '-', not at either end (RFC 1123, section 2.1), and
/// not digits alone, which would read as a number. Kept as written; compared without regard to case (RFC
/// 4343).
class KRGBOOT_EXPORT HostName {
 public:
  static std::optional<HostName> parse(std::string_view text);
  /// Throws ArgumentError "host_name.syntax".
  static HostName from_string(std::string_view text);
  const std::string& to_string() const noexcept { return text_; }

  friend KRGBOOT_EXPORT bool operator==(const HostName& a, const HostName& b) noexcept;
  friend KRGBOOT_EXPORT std::weak_ordering operator<=>(const HostName& a, const HostName& b) noexcept;

 private:
  explicit HostName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// A domain: labels as above (all-digit ones allowed, but not the last) joined by '.', 253 characters at
/// most, without a final dot. A single label is a domain too.
class KRGBOOT_EXPORT DomainName {
 public:
  static std::optional<DomainName> parse(std::string_view text);
  /// Throws ArgumentError "domain.syntax".
  static DomainName from_string(std::string_view text);
  const std::string& to_string() const noexcept { return text_; }

  friend KRGBOOT_EXPORT bool operator==(const DomainName& a, const DomainName& b) noexcept;
  friend KRGBOOT_EXPORT std::weak_ordering operator<=>(const DomainName& a, const DomainName& b) noexcept;

 private:
  explicit DomainName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace krgboot

template <>
struct KRGBOOT_EXPORT std::hash<krgboot::HostName> {
  std::size_t operator()(const krgboot::HostName& name) const noexcept;  // of the lower-case text
};
template <>
struct KRGBOOT_EXPORT std::hash<krgboot::DomainName> {
  std::size_t operator()(const krgboot::DomainName& name) const noexcept;  // of the lower-case text
};
