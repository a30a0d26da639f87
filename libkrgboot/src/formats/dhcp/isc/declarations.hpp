#pragma once

#include "krgboot/formats/dhcp/isc/answer.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace krgboot::dhcpd {

using Index = std::uint32_t;

/// A statement in one of the files.
struct StatementRef {
  Index tree = 0;
  Index statement = 0;
};

/// A block in braces, which dhcpd calls a `group`: the statements that are executed for a client, in their
/// order, and the outer scope, whose statements are executed first. Scope 0 is the global one.
struct Scope {
  std::optional<Index> outer;
  std::optional<StatementRef> declared;  ///< nullopt: global
  std::vector<StatementRef> statements;
};

struct FixedAddress {
  std::optional<Ipv4Address> address;  ///< nullopt: a host name, which only a resolver knows
  std::string text;
};

struct Host {
  std::string name;
  StatementRef declared;
  Index scope = 0;
  std::vector<FixedAddress> addresses;
  std::string hardware;  ///< hardware type and address, as dhcpd compares them; empty: none
  std::string client_id;
  std::optional<std::string> identifier_option;  ///< NAME of host-identifier option NAME ...
  std::string identifier;
};

struct Subnet {
  Ipv4Network network;  ///< if the netmask has gaps: that of its leading ones
  Ipv4Address address;
  Ipv4Address netmask;
  StatementRef declared;
  Index scope = 0;
  Index shared = 0;

  bool contains(Ipv4Address other) const noexcept {
    return ((other.bits() ^ address.bits()) & netmask.bits()) == 0;
  }
};

enum class PermitKind {
  known_clients,
  unknown_clients,
  all_clients,
  dynamic_bootp,
  authenticated,
  unauthenticated,
  class_members,
  after
};

struct Permit {
  PermitKind kind = PermitKind::all_clients;
  Index class_index = 0;
};

struct PoolRange {
  Ipv4Range range;
  StatementRef declared;
};

struct PoolDeclaration {
  StatementRef declared;  ///< the pool, or the first range of a subnet outside any pool
  Index scope = 0;
  Index shared = 0;
  std::vector<PoolRange> ranges;
  std::vector<Permit> allow;
  std::vector<Permit> deny;
  bool failover = false;
};

/// Subnets on one wire. A subnet outside any shared-network gets a shared network of its own, which has the
/// same scope.
struct SharedNetwork {
  StatementRef declared;
  Index scope = 0;
  std::vector<Index> subnets;
  std::vector<Index> pools;
  bool failover = false;   ///< its pools belong to a failover pair
  bool interface = false;  ///< it is bound to an interface
};

struct ClassDeclaration {
  std::string name;
  StatementRef declared;
  Index scope = 0;
  std::optional<StatementRef> match_if;
  std::optional<StatementRef> submatch;  ///< `match EXPR` or `spawn with EXPR`
  bool spawning = false;
  bool complete = false;                    ///< its '}' was read
  std::map<std::string, Index> subclasses;  ///< their scopes, by their data
};

struct Declarations {
  std::deque<Tree> trees;  // a deque: reading an included file must not move the tree of the including file
  std::vector<Scope> scopes;
  std::vector<Host> hosts;
  std::vector<Subnet> subnets;
  std::vector<SharedNetwork> shared_networks;
  std::vector<PoolDeclaration> pools;
  std::vector<ClassDeclaration> classes;
  std::map<std::string, std::uint8_t> option_codes;  ///< `option NAME code N`
  std::map<std::string, Index> named_groups;         ///< scopes

  std::unordered_map<std::string, std::vector<Index>> hosts_by_hardware;
  std::unordered_map<std::string, std::vector<Index>> hosts_by_client_id;
  bool has_host_identifiers = false;  ///< at least one host is identified by an option

  Diagnostics diagnostics;

  const Tree& tree(StatementRef ref) const { return trees[ref.tree]; }
  Location where(StatementRef ref) const { return tree(ref).where(ref.statement); }
  /// "host ssi1", "subnet 192.168.0.0 netmask 255.255.255.0", "global".
  std::string name_of(const Scope& scope) const;
  /// The narrowest subnet that contains `address`.
  const Subnet* subnet_of(Ipv4Address address) const noexcept;
  void report(StatementRef ref, Severity severity, const char* code, std::string message,
              std::string hint = "");
};

/// Reads the main file and the files that it includes into memory, as dhcpd does at start.
Declarations declare(std::string text, const std::string& file, const IncludeReader& include);

/// Adds warnings for statements that dhcpd accepts silently but that are rarely intended.
void warn_of_silent_faults(Declarations& declarations);

}  // namespace krgboot::dhcpd
