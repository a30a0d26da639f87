#pragma once

#include <optional>
#include <vector>

#include "declarations.hpp"

namespace krgboot::dhcpd {

/// A host's fixed address on the client's network.
struct FixedLease {
  Index host = 0;
  std::optional<Ipv4Address> address;  ///< nullopt: a name that only a resolver knows
};

/// A class that contains the client, and the scope of the class or of its subclass.
struct Membership {
  Index class_index = 0;
  Index scope = 0;
};

struct Memberships {
  std::vector<Membership> certain;
  std::vector<Index> undecidable;  ///< classes
};

enum class Admission { no, yes, undecidable };

/// The hosts that match this client: by client identifier, by hardware address, and by a host-identifier
/// option. Empty lists are left out.
using HostMatches = std::vector<std::vector<Index>>;
HostMatches match_hosts(const Declarations& declarations, const Client& client);

/// The host whose parameters apply to an address from a pool: the first one without a fixed address. If one
/// list has no such host, dhcpd searches the next list, although it uses fixed addresses from the first list
/// only.
std::optional<Index> host_without_address(const Declarations& declarations, const HostMatches& matches);

/// The first fixed address of these hosts on this network.
std::optional<FixedLease> fixed_lease(const Declarations& declarations, const std::vector<Index>& hosts,
                                      Index shared_network);

/// The classes of the client, in the order of the file. While dhcpd matches classes, it does not know yet
/// whether a host declaration matches the client.
Memberships memberships(const Declarations& declarations, const Client& client);

/// Does the pool's list of allow and deny admit the client?
Admission admission(const PoolDeclaration& pool, bool known, const Memberships& classes);

}  // namespace krgboot::dhcpd
