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

/// What a client word stands for, in the order in which nfs-utils looks for one that matches.
enum class ClientKind {
  host,       ///< an address or a name
  subnet,     ///< address/bits or address/netmask
  wildcard,   ///< a pattern of host names, with * ? [
  netgroup,   ///< @group
  anonymous,  ///< everyone: "*", or no client at all
  gss,        ///< gss/krb5 and the like: nobody by address
};
KRGBOOT_EXPORT std::string to_string(ClientKind kind);

enum class Matching {
  no,
  yes,
  by_name,  ///< it depends on names or netgroups, which are not known here
};

/// The names of an address, canonical one first, then its aliases (as /etc/hosts gives them); empty where it
/// has none.
using NamesOf = std::function<std::vector<std::string>(Ipv4Address)>;

/// One thing to say about a client word. With an error exportfs drops the entry, and no other.
struct ClientProblem {
  Severity severity;
  std::string code;
  std::string message;
  std::string hint;
};

/// A client of an export, without its options.
class KRGBOOT_EXPORT Client {
 public:
  /// Never fails, as nfs-utils never does: what cannot mean anything has a `problem` and matches nobody.
  static Client parse(std::string_view text);
  /// A client fit to be written: throws ArgumentError "exports.client_syntax" (empty, longer than
  /// 255 bytes, a '-' at the start, a blank, control character or one of "\#(),) or with the code of its
  /// problem where that is an error.
  static Client from_string(std::string_view text);

  const std::string& to_string() const noexcept { return text_; }
  ClientKind kind() const noexcept { return kind_; }
  /// The address of a host given by address, or of a subnet; nullopt for others and for IPv6.
  std::optional<Ipv4Address> address() const noexcept { return address_; }
  /// The bits that count in it, first octet in the highest byte. Not always a prefix: nfs-utils takes any
  /// mask.
  std::uint32_t mask() const noexcept { return mask_; }
  std::optional<ClientProblem> problem() const;
  /// Does exportfs drop an entry with this client?
  bool is_broken() const noexcept { return broken_; }

  /// `names`: may be empty; then clients known by name match `by_name`.
  Matching match(Ipv4Address address, const NamesOf& names) const;

  /// The same client to exportfs: letters compare without case, and each kind is its own.
  friend KRGBOOT_EXPORT bool operator==(const Client& a, const Client& b);
  /// The same, or another spelling of it: "10.0.0.0/255.255.255.0" for "10.0.0.0/24", "" for "*".
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

/// Does a host name fit a pattern as nfs-utils compares them: '*' any characters, '.' among them, '?' one,
/// [a-z] and [^a-z] one of a set, '\\' the next character itself; letters without case, except in ranges?
KRGBOOT_EXPORT bool wildcard_matches(std::string_view pattern, std::string_view name);

}  // namespace krgboot::exports
