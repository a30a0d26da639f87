#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/net/ipv4.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::hosts {

/// A line with an address and its names.
struct Entry {
  std::string address;              ///< as written
  std::optional<Ipv4Address> ipv4;  ///< nullopt: an IPv6 address
  std::vector<std::string> names;   ///< never empty; the first is the canonical name, the others are aliases
  std::string comment;              ///< text after '#', without blanks at the ends
  Position at;
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// /etc/hosts (hosts(5)) as glibc's nss_files reads it:
///
///     line    = *blank [ address 1*blank name *( 1*blank name ) ] *blank [ "#" comment ]
///     blank   = %x20 / %x09 / %x0B-0D
///
/// Addresses have the form of inet_pton(3). Lines with an invalid address or without a name are ignored.
/// Names are compared without regard to case.
class KRGBOOT_EXPORT HostsFile {
 public:
  /// Any text is a hosts file; lines that the resolver ignores, other than comments, are in diagnostics().
  static HostsFile parse(std::string_view text);
  /// The parsed text, byte for byte.
  const std::string& to_string() const noexcept { return text_; }

  const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// Warnings "hosts.address" (an invalid address) and "hosts.no_name" (an address without a name).
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

  /// All names of an address in the order of the file, without duplicates; the first is its canonical name.
  std::vector<std::string> names_of(Ipv4Address address) const;
  /// The IPv4 addresses of a name in the order of the file, without duplicates.
  std::vector<Ipv4Address> addresses_of(std::string_view name) const;
  /// The first IPv4 address of a name; nullopt: it has none.
  std::optional<Ipv4Address> address_of(std::string_view name) const;

  friend bool operator==(const HostsFile& a, const HostsFile& b) noexcept { return a.text_ == b.text_; }

 private:
  std::string text_;
  std::vector<Entry> entries_;
  Diagnostics diagnostics_;
};

/// The lines for /etc/hosts, the body of a block (set_block()): the server, all nodes of the cluster, then
/// the addresses of pools with a host_prefix under their names by Pool::host_name. A tab follows the address:
///
///     192.168.0.101   ssi1.mycluster.home ssi1
///
/// The names are unique in a validated cluster.
KRGBOOT_EXPORT std::string render_block(const ServerView& view);

}  // namespace krgboot::hosts
