#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/net/ipv4.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// Kinds of clients, in the order in which nfs-utils looks for one that matches.
enum class ClientKind {
  host,       ///< an address or a name
  subnet,     ///< `address/bits` or `address/netmask`
  wildcard,   ///< a pattern of host names, with '*', '?' or '['
  netgroup,   ///< `@group`
  anonymous,  ///< everyone: "*", or no client at all
  gss,        ///< `gss/krb5` and the like, which match no address
};
KRGBOOT_EXPORT std::string to_string(ClientKind kind);

/// Does a client match an address?
enum class Matching {
  no,
  yes,
  by_name,  ///< depends on host names or netgroups, which are unknown
};

/// Returns the names of an address, the canonical one first, then its aliases (as in /etc/hosts); empty if it
/// has none.
using NamesOf = std::function<std::vector<std::string>(Ipv4Address)>;

/// A finding about a client word. If it is an error, exportfs drops the entry, and no other one.
struct ClientProblem {
  Severity severity;
  std::string code;
  std::string message;
  std::string hint;
};

/// A client of an export, without its options.
class KRGBOOT_EXPORT Client {
 public:
  /// Never fails, as in nfs-utils: an invalid client has a problem() and matches nobody.
  static Client parse(std::string_view text);
  /// As parse(), for a client to be written to a file. Throws ArgumentError "exports.client_syntax" for a
  /// text that is empty, longer than 255 bytes, begins with '-', or has a blank, a control character, a
  /// backslash or one of the characters " # ( ) and comma; and "exports.bad_subnet" for an invalid subnet.
  static Client from_string(std::string_view text);

  const std::string& to_string() const noexcept { return text_; }
  ClientKind kind() const noexcept { return kind_; }
  /// The IPv4 address of a subnet, or of a host that is given by address; nullopt: other clients.
  std::optional<Ipv4Address> address() const noexcept { return address_; }
  /// The bits of address() that must match, in host byte order as in Ipv4Address::bits(). It need not be a
  /// prefix, because nfs-utils accepts any mask.
  std::uint32_t mask() const noexcept { return mask_; }
  /// A probable mistake in the client; nullopt: none. The error is "exports.bad_subnet". Warnings:
  /// "exports.client_form", "exports.zero_prefix", "exports.host_bits", "exports.address_wildcard".
  std::optional<ClientProblem> problem() const;
  /// Does exportfs drop an entry with this client?
  bool is_broken() const noexcept { return broken_; }

  /// Does the client match `address`? Without a function `names` the result for host names and wildcards is
  /// Matching::by_name.
  Matching match(Ipv4Address address, const NamesOf& names) const;

  /// Are both the same client to exportfs? It compares kind and text, without regard to case.
  friend KRGBOOT_EXPORT bool operator==(const Client& a, const Client& b);
  /// Do both have the same meaning, even in another spelling: "10.0.0.0/255.255.255.0" and "10.0.0.0/24", ""
  /// and "*"?
  bool means_same(const Client& other) const;

 private:
  Client() = default;
  void parse_host();
  void parse_subnet();

  std::string text_;
  ClientKind kind_ = ClientKind::anonymous;
  std::optional<Ipv4Address> address_;
  std::uint32_t mask_ = 0;
  bool ipv6_ = false;
  bool broken_ = false;
};

/// Does a host name match a pattern by the rules of nfs-utils? '*' matches any characters including '.', '?'
/// one character, `[a-z]` and `[^a-z]` one character of a set; a backslash makes the next character literal.
/// Letters match without regard to case, except in ranges.
KRGBOOT_EXPORT bool wildcard_matches(std::string_view pattern, std::string_view name);

}  // namespace krgboot::exports
