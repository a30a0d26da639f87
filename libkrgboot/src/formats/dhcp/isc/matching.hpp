#pragma once

#include <optional>
#include <vector>

#include "declarations.hpp"

namespace krgboot::dhcpd {

/// A fixed address of a host that lies on the client's network.
struct FixedLease {
  Index host = 0;
  std::optional<Ipv4Address> address;  ///< nullopt: a name that only a resolver knows
};

/// A class that the client is in, and the scope of it or of its subclass.
struct Membership {
  Index class_index = 0;
  Index scope = 0;
};

struct Memberships {
  std::vector<Membership> certain;
  std::vector<Index> undecidable;  ///< classes
};

enum class Admission { no, yes, undecidable };

/// The hosts that mean this client: those by its client identifier, those by its hardware address, those by a
/// host-identifier option; lists without a host are left out.
using HostMatches = std::vector<std::vector<Index>>;
HostMatches match_hosts(const Declarations& declarations, const Client& client);

/// The host whose parameters apply to an address from a pool: the first that has no address of its own. Where
/// one list has none, dhcpd looks in the next, though it takes fixed addresses from the first list only.
std::optional<Index> host_without_address(const Declarations& declarations, const HostMatches& matches);

/// The first fixed address of these hosts on this network.
std::optional<FixedLease> fixed_lease(const Declarations& declarations, const std::vector<Index>& hosts,
                                      Index shared_network);

/// The classes of the client, in the order of the file. While they are matched, dhcpd does not know yet
/// whether a host means the client.
Memberships memberships(const Declarations& declarations, const Client& client);

/// Does this pool's list of allow and deny let the client in?
Admission admission(const PoolDeclaration& pool, bool known, const Memberships& classes);

}  // namespace krgboot::dhcpd
