#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/net/ipv4.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::hosts {

/// One line that names an address.
struct Entry {
  std::string address;              ///< as written
  std::optional<Ipv4Address> ipv4;  ///< nullopt: IPv6
  std::vector<std::string> names;   ///< never empty; the first is the canonical one, the others aliases
  std::string comment;              ///< after '#', without blanks at the ends
  Position at;
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// /etc/hosts (hosts(5)) as glibc's nss_files reads it:
///
///   line    = *blank [ address 1*blank name *( 1*blank name ) ] *blank [ "#" comment ]
///   blank   = space / \t / \v / \f / \r
///
/// Addresses are as inet_pton(3) takes them; lines with another one, or without a name, are passed over.
/// Names are compared without regard to case.
class KRGBOOT_EXPORT HostsFile {
 public:
  /// Any text is a hosts file; lines that the resolver passes over, though they are no comments, are in
  /// diagnostics(): "hosts.address", "hosts.no_name", warnings.
  static HostsFile parse(std::string_view text);
  /// The text, to the byte.
  const std::string& to_string() const noexcept { return text_; }

  const std::vector<Entry>& entries() const noexcept { return entries_; }
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

  /// All names of an address, in the order of the file, each once; the first is its canonical name.
  std::vector<std::string> names_of(Ipv4Address address) const;
  /// The IPv4 addresses of a name, in the order of the file, each once.
  std::vector<Ipv4Address> addresses_of(std::string_view name) const;
  /// The first of these.
  std::optional<Ipv4Address> address_of(std::string_view name) const;

  friend bool operator==(const HostsFile& a, const HostsFile& b) noexcept { return a.text_ == b.text_; }

 private:
  std::string text_;
  std::vector<Entry> entries_;
  Diagnostics diagnostics_;
};

/// The lines of a cluster for /etc/hosts, to be set as a block (block.hpp): the server, all nodes, then the
/// addresses of pools with a host_prefix under the names that DHCP gives them:
///
///   192.168.0.101<TAB>ssi1.mycluster.home ssi1
///
/// The pools' names are those of Pool::host_name; validation lets no two machines have one name.
KRGBOOT_EXPORT std::string render_block(const Cluster& cluster);

}  // namespace krgboot::hosts
