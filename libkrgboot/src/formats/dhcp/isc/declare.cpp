#include "krgboot/base/text.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include <fmt/format.h>

#include "declarer.hpp"
#include "quoted.hpp"

namespace krgboot::dhcpd {

namespace {

constexpr std::size_t deepest_include = 16;
constexpr std::size_t most_files = 1000;

}  // namespace

void Declarer::read_main(std::string text, const std::string& file) {
  if (!file.empty()) including_.push_back(file);
  read(std::move(text), file, Context{});
  grammar_.finish();
}

void Declarer::read(std::string text, const std::string& file, const Context& context) {
  auto parsing = parse(std::move(text), file);
  auto& diagnostics = result_.diagnostics;
  diagnostics.insert(diagnostics.end(), parsing.diagnostics.begin(), parsing.diagnostics.end());
  result_.trees.push_back(std::move(parsing.tree));
  auto index = static_cast<Index>(result_.trees.size() - 1);
  statements(index, result_.trees[index].top_level(), context);
}

void Declarer::statements(Index tree, const std::vector<Index>& list, const Context& context) {
  bool after_if = false;
  for (auto statement : list) {
    StatementRef ref{tree, statement};
    if (grammar_.check(ref, context.kind, after_if)) declare_one(ref, context);
    after_if = grammar_.opens_else(ref);
  }
}

void Declarer::inside(StatementRef ref, const Context& context) {
  statements(ref.tree, result_.tree(ref).children(ref.statement), context);
}

void Declarer::declare_one(StatementRef ref, const Context& context) {
  const auto& tree = result_.tree(ref);
  Cursor cursor(tree, tree.head(ref.statement));
  auto keyword = cursor.word();
  if (!keyword) return execute(ref, context);
  static const std::map<std::string, Handler, std::less<>> handlers = {
      {"include", &Declarer::include},
      {"failover", &Declarer::failover},
      {"group", &Declarer::group},
      {"shared-network", &Declarer::shared_network},
      {"subnet", &Declarer::subnet},
      {"pool", &Declarer::pool},
      {"range", &Declarer::range},
      {"interface", &Declarer::interface},
      {"allow", &Declarer::permit},
      {"deny", &Declarer::permit},
      {"host", &Declarer::host},
      {"hardware", &Declarer::hardware},
      {"fixed-address", &Declarer::fixed_address},
      {"uid", &Declarer::uid},
      {"host-identifier", &Declarer::host_identifier},
      {"option", &Declarer::option},
      {"class", &Declarer::class_declaration},
      {"subclass", &Declarer::subclass},
      {"match", &Declarer::match},
      {"spawn", &Declarer::match},
      {"vendor-class", &Declarer::not_followed},
      {"user-class", &Declarer::not_followed},
  };
  // These have no effect on the answer to a client.
  static const std::vector<std::string_view> irrelevant_for_answer = {
      "authoritative", "not", "no",  "server-duid",    "lease-id-format", "lease",   "zone",
      "key",           "on",  "log", "db-time-format", "execute",         "dynamic", "static"};
  auto handler = handlers.find(*keyword);
  if (handler != handlers.end()) {
    (this->*handler->second)(ref, cursor, context);
  } else if (std::find(irrelevant_for_answer.begin(), irrelevant_for_answer.end(), *keyword) ==
             irrelevant_for_answer.end()) {
    execute(ref, context);
  }
}

void Declarer::execute(StatementRef ref, const Context& context) {
  result_.scopes[context.scope].statements.push_back(ref);
}

void Declarer::error(StatementRef ref, const char* code, std::string message, std::string hint) {
  result_.report(ref, Severity::error, code, std::move(message), std::move(hint));
}

void Declarer::unreadable(StatementRef ref) {
  error(ref, "dhcpd.bad_statement",
        fmt::format("dhcpd cannot read {}", quoted(result_.tree(ref), ref.statement)));
}

bool Declarer::block(StatementRef ref) const {
  return result_.tree(ref).statements()[ref.statement].block;
}

bool Declarer::only_in(StatementRef ref, const Context& context, std::initializer_list<Kind> kinds,
                       const char* where) {
  if (std::find(kinds.begin(), kinds.end(), context.kind) != kinds.end()) return true;
  error(ref, "dhcpd.misplaced",
        fmt::format("{} stands outside of {}", quoted(result_.tree(ref), ref.statement), where));
  return false;
}

Index Declarer::new_scope(StatementRef ref, Index outer) {
  result_.scopes.push_back({outer, ref, {}});
  return static_cast<Index>(result_.scopes.size() - 1);
}

void Declarer::include(StatementRef ref, Cursor& cursor, const Context& context) {
  auto path = cursor.string();
  if (!path || !cursor.done() || block(ref)) return unreadable(ref);
  if (std::find(including_.begin(), including_.end(), *path) != including_.end()) {
    return error(ref, "dhcpd.include_loop", fmt::format("{} includes itself", in_quotes(*path)));
  }
  if (including_.size() == deepest_include || result_.trees.size() == most_files) {
    return error(ref, "dhcpd.too_many_includes",
                 fmt::format("more than {} files, or {} inside each other", most_files, deepest_include));
  }
  auto text = include_ ? include_(*path) : std::nullopt;
  if (!text) {
    return error(ref, "dhcpd.include_missing",
                 fmt::format("the included file {} is not there", in_quotes(*path)));
  }
  including_.push_back(*path);
  read(std::move(*text), *path, context);
  including_.pop_back();
}

void Declarer::group(StatementRef ref, Cursor& cursor, const Context& context) {
  auto name = cursor.next_is_string() ? cursor.string() : cursor.word();
  if (!cursor.done()) return unreadable(ref);
  if (!block(ref)) {
    if (!name || context.kind != Kind::host) return unreadable(ref);
    auto found = result_.named_groups.find(*name);
    if (found == result_.named_groups.end()) {
      return error(ref, "dhcpd.unknown_group", fmt::format("group {} is not declared above", quoted(*name)));
    }
    result_.scopes[context.scope].outer = found->second;
    return;
  }
  Context own;
  own.kind = Kind::group;
  own.scope = new_scope(ref, context.scope);
  auto scopes = result_.scopes.size();
  inside(ref, own);
  if (name) {
    result_.named_groups[*name] = own.scope;
  } else if (result_.scopes.size() == scopes && !result_.scopes[own.scope].statements.empty()) {
    result_.report(ref, Severity::warning, "dhcpd.empty_group",
                   "the group holds no host and no network: its parameters reach nobody",
                   "put them where the clients are: at top level, into the subnet or around the hosts");
  }
}

void Declarer::shared_network(StatementRef ref, Cursor& cursor, const Context& context) {
  auto name = cursor.next_is_string() ? cursor.string() : cursor.dotted_name();
  if (!name || !cursor.done() || !block(ref)) return unreadable(ref);
  if (!only_in(ref, context, {Kind::global, Kind::group, Kind::pool}, "the top level and of groups")) return;
  Context own;
  own.kind = Kind::shared_network;
  own.scope = new_scope(ref, context.scope);
  own.shared = new_shared_network(ref, own.scope);
  inside(ref, own);
  if (result_.shared_networks[own.shared].subnets.empty()) {
    error(ref, "dhcpd.empty_shared_network", fmt::format("shared-network {} has no subnet", quoted(*name)));
  }
}

Index Declarer::new_shared_network(StatementRef ref, Index scope) {
  result_.shared_networks.push_back({ref, scope, {}, {}, false, false});
  return static_cast<Index>(result_.shared_networks.size() - 1);
}

void Declarer::subnet(StatementRef ref, Cursor& cursor, const Context& context) {
  auto address = cursor.address();
  bool netmask_follows = cursor.take_keyword("netmask");
  auto mask = cursor.address();
  if (!address || !netmask_follows || !mask || !cursor.done() || !block(ref)) return unreadable(ref);
  if (!only_in(ref, context, {Kind::global, Kind::group, Kind::shared_network, Kind::pool},
               "the top level, of groups and of shared-networks")) {
    return;
  }
  auto network = Ipv4Network::containing(*address, static_cast<unsigned>(std::countl_one(mask->bits())));
  if ((address->bits() & ~mask->bits()) != 0) {
    return error(ref, "dhcpd.bad_subnet",
                 fmt::format("{} netmask {} is no network", address->to_string(), mask->to_string()));
  }
  if (network.netmask() != *mask) {
    result_.report(ref, Severity::warning, "dhcpd.odd_netmask",
                   fmt::format("the netmask {} has a hole: dhcpd takes it, but hardly anybody means it",
                               mask->to_string()));
  }
  Context own;
  own.kind = Kind::subnet;
  own.scope = new_scope(ref, context.scope);
  // dhcpd accepts a subnet inside a pool, as a network of its own.
  bool on_a_network = context.kind == Kind::shared_network;
  own.shared = on_a_network ? context.shared : new_shared_network(ref, own.scope);
  own.subnet = static_cast<Index>(result_.subnets.size());
  result_.subnets.push_back({network, *address, *mask, ref, own.scope, own.shared});
  result_.shared_networks[own.shared].subnets.push_back(own.subnet);
  inside(ref, own);
}

void Declarer::pool(StatementRef ref, Cursor& cursor, const Context& context) {
  if (!cursor.done() || !block(ref)) return unreadable(ref);
  if (!only_in(ref, context, {Kind::subnet, Kind::shared_network}, "a subnet or shared-network")) return;
  Context own = context;
  own.kind = Kind::pool;
  own.scope = new_scope(ref, result_.shared_networks[context.shared].scope);
  own.pool = new_pool(ref, own.scope, context.shared);
  result_.pools[own.pool].failover = result_.shared_networks[context.shared].failover;
  inside(ref, own);
  if (result_.pools[own.pool].ranges.empty()) {
    error(ref, "dhcpd.empty_pool", "a pool needs at least one range");
  }
}

Index Declarer::new_pool(StatementRef ref, Index scope, Index shared) {
  auto index = static_cast<Index>(result_.pools.size());
  result_.pools.push_back({ref, scope, shared, {}, {}, {}, false});
  result_.shared_networks[shared].pools.push_back(index);
  return index;
}

void Declarer::failover(StatementRef, Cursor&, const Context& context) {
  if (context.kind == Kind::pool) result_.pools[context.pool].failover = true;
  if (context.kind == Kind::shared_network) result_.shared_networks[context.shared].failover = true;
}

/// dhcpd binds a network to its first interface that no earlier network has named.
void Declarer::interface(StatementRef ref, Cursor& cursor, const Context& context) {
  if (context.kind != Kind::subnet && context.kind != Kind::shared_network) return;
  auto& network = result_.shared_networks[context.shared];
  if (network.interface) {
    return error(ref, "dhcpd.two_interfaces", "a subnet or shared-network has one interface at most");
  }
  auto name = cursor.next_is_string() ? cursor.string() : std::string(cursor.peek());
  if (name) network.interface = interfaces_.insert(*name).second;
}

void Declarer::range(StatementRef ref, Cursor& cursor, const Context& context) {
  bool bootp = cursor.take_keyword("dynamic-bootp");
  auto first = cursor.address();
  auto last = cursor.done() ? first : cursor.address();
  if (!first || !last || !cursor.done() || block(ref)) return unreadable(ref);
  if (!only_in(ref, context, {Kind::subnet, Kind::pool}, "a subnet or pool")) return;
  auto range = std::minmax(*first, *last);  // dhcpd accepts both orders
  const auto& subnets = result_.shared_networks[context.shared].subnets;
  auto holds = [&](Index subnet) {
    const auto& declared = result_.subnets[subnet];
    return declared.contains(range.first) && declared.contains(range.second);
  };
  if (std::none_of(subnets.begin(), subnets.end(), holds)) {
    return error(ref, "dhcpd.bad_range", "the range lies in no subnet declared above it");
  }
  // dhcpd allocates one array for all addresses, 304 bytes for each; its size must fit in 32 bits.
  constexpr std::uint32_t most_addresses = 0xffffffffU / 304;
  if (range.second.bits() - range.first.bits() >= most_addresses) {
    return error(ref, "dhcpd.bad_range", "the range has more addresses than dhcpd can hold");
  }
  auto pool = context.kind == Kind::pool ? context.pool : loose_pool(ref, context);
  if (bootp && result_.pools[pool].failover) {
    return error(ref, "dhcpd.bad_range", "a pool of a failover pair has no dynamic-bootp");
  }
  result_.pools[pool].ranges.push_back({{range.first, range.second}, ref});
}

Index Declarer::loose_pool(StatementRef ref, const Context& context) {
  for (auto index : result_.shared_networks[context.shared].pools) {
    const auto& declared = result_.pools[index].declared;
    if (result_.tree(declared).is(declared.statement, 0, "range")) return index;
  }
  return new_pool(ref, result_.shared_networks[context.shared].scope, context.shared);
}

Declarations declare(std::string text, const std::string& file, const IncludeReader& include) {
  Declarations result;
  Declarer(result, include).read_main(std::move(text), file);
  return result;
}

std::string Declarations::name_of(const Scope& scope) const {
  if (!scope.declared) return "global";
  return tree(*scope.declared).head_text(scope.declared->statement);
}

const Subnet* Declarations::subnet_of(Ipv4Address address) const noexcept {
  const Subnet* narrowest = nullptr;
  for (const auto& subnet : subnets) {
    if (!subnet.contains(address)) continue;
    // dhcpd uses the later one of two equal subnets.
    if (!narrowest || subnet.network.prefix_length() >= narrowest->network.prefix_length())
      narrowest = &subnet;
  }
  return narrowest;
}

void Declarations::report(StatementRef ref, Severity severity, const char* code, std::string message,
                          std::string hint) {
  diagnostics.push_back({severity, code, std::move(message), std::move(hint), "", where(ref)});
}

}  // namespace krgboot::dhcpd
