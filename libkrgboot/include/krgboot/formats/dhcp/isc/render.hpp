#pragma once

#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>

namespace krgboot::dhcpd {

/// krgboot's own file, which the server's dhcpd.conf includes: everything that the networks and nodes of the
/// cluster need, in a group of its own, so that none of it reaches what else the server declares. The same
/// cluster gives the same bytes. Throws ConfigError where an `extra` is not made of whole statements (see
/// `check_extra`).
std::string render(const Cluster& cluster);

/// What is wrong with the `extra` lines of the server and of the networks: each list must be whole
/// statements, or it would swallow what krgboot writes behind it. The key of a finding says which list.
Diagnostics check_extra(const Cluster& cluster);

/// The name that a machine at `address` of this pool is told by the rendered file: the pool's host_prefix and
/// the last octet. nullopt where the pool has no host_prefix.
std::optional<std::string> pool_host_name(const Pool& pool, Ipv4Address address);

}  // namespace krgboot::dhcpd
