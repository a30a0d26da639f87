#include "matching.hpp"

#include <algorithm>

#include "cursor.hpp"
#include "expression.hpp"
#include "functions.hpp"

namespace krgboot::dhcpd {

namespace {

constexpr std::uint8_t client_identifier = 61;
constexpr char ethernet = 1;

std::vector<Index> hosts_by_identifier(const Declarations& declarations, const Client& client) {
  std::vector<Index> found;
  for (Index i = 0; i < declarations.hosts.size(); ++i) {
    const auto& host = declarations.hosts[i];
    if (!host.identifier_option) continue;
    auto code = option_code(declarations, *host.identifier_option);
    auto sent = code ? client.options.find(*code) : client.options.end();
    if (sent != client.options.end() && sent->second == host.identifier) found.push_back(i);
  }
  return found;
}

/// Evaluates the expression after the words `match`, `match if` or `spawn with`.
Value evaluate_match(const EvaluationContext& context, StatementRef ref) {
  const auto& tree = context.declarations.tree(ref);
  Cursor cursor(tree, tree.head(ref.statement));
  cursor.skip();
  if (!cursor.take_keyword("if")) cursor.take_keyword("with");
  return evaluate(context, tree, cursor.rest());
}

void match_class(const EvaluationContext& context, Index index, Memberships& result) {
  const auto& declared = context.declarations.classes[index];
  if (declared.match_if) {
    auto matches = evaluate_match(context, *declared.match_if);
    if (matches.is(ValueKind::undecidable)) return result.undecidable.push_back(index);
    if (!matches.is_true()) return;
    if (!declared.submatch) return result.certain.push_back({index, declared.scope});
  }
  if (!declared.submatch) return;
  auto data = evaluate_match(context, *declared.submatch);
  if (data.is(ValueKind::undecidable)) return result.undecidable.push_back(index);
  if (data.data.empty()) return;
  auto subclass = declared.subclasses.find(data.data);
  if (subclass != declared.subclasses.end()) {
    result.certain.push_back({index, subclass->second});
  } else if (declared.spawning) {
    result.certain.push_back({index, declared.scope});
  }
}

Admission permitted(const std::vector<Permit>& permits, bool known, const Memberships& classes) {
  auto result = Admission::no;
  for (const auto& permit : permits) {
    auto is_class = [&](const Membership& m) { return m.class_index == permit.class_index; };
    switch (permit.kind) {
      case PermitKind::all_clients:
      case PermitKind::unauthenticated:
        return Admission::yes;  // dhcpd never authenticates a client
      case PermitKind::known_clients:
        if (known) return Admission::yes;
        break;
      case PermitKind::unknown_clients:
        if (!known) return Admission::yes;
        break;
      case PermitKind::class_members:
        if (std::any_of(classes.certain.begin(), classes.certain.end(), is_class)) return Admission::yes;
        if (std::find(classes.undecidable.begin(), classes.undecidable.end(), permit.class_index) !=
            classes.undecidable.end()) {
          result = Admission::undecidable;
        }
        break;
      case PermitKind::after:
        result = Admission::undecidable;
        break;
      case PermitKind::dynamic_bootp:
      case PermitKind::authenticated:
        break;
    }
  }
  return result;
}

}  // namespace

HostMatches match_hosts(const Declarations& declarations, const Client& client) {
  auto look_up = [](const auto& table, const std::string& key) {
    auto found = table.find(key);
    return found == table.end() ? std::vector<Index>{} : found->second;
  };
  HostMatches result;
  auto sent = client.options.find(client_identifier);
  if (sent != client.options.end()) result.push_back(look_up(declarations.hosts_by_client_id, sent->second));
  result.push_back(look_up(declarations.hosts_by_hardware, ethernet + mac_bytes(client.mac)));
  if (declarations.has_host_identifiers) result.push_back(hosts_by_identifier(declarations, client));
  result.erase(std::remove_if(result.begin(), result.end(), [](const auto& hosts) { return hosts.empty(); }),
               result.end());
  return result;
}

std::optional<Index> host_without_address(const Declarations& declarations, const HostMatches& matches) {
  for (const auto& hosts : matches) {
    for (auto host : hosts) {
      if (declarations.hosts[host].addresses.empty()) return host;
    }
  }
  return std::nullopt;
}

std::optional<FixedLease> fixed_lease(const Declarations& declarations, const std::vector<Index>& hosts,
                                      Index shared_network) {
  std::optional<FixedLease> by_name;
  for (auto host : hosts) {
    for (const auto& fixed : declarations.hosts[host].addresses) {
      if (!fixed.address) {
        if (!by_name) by_name = FixedLease{host, std::nullopt};
        continue;
      }
      for (auto subnet : declarations.shared_networks[shared_network].subnets) {
        if (declarations.subnets[subnet].contains(*fixed.address)) {
          return FixedLease{host, fixed.address};
        }
      }
    }
  }
  return by_name;
}

Memberships memberships(const Declarations& declarations, const Client& client) {
  EvaluationContext context{declarations, client, false, false, false, std::nullopt, "", {}};
  Memberships result;
  for (Index i = 0; i < declarations.classes.size(); ++i) match_class(context, i, result);
  return result;
}

Admission admission(const PoolDeclaration& pool, bool known, const Memberships& classes) {
  auto denied = permitted(pool.deny, known, classes);
  if (denied == Admission::yes) return Admission::no;
  auto allowed = pool.allow.empty() ? Admission::yes : permitted(pool.allow, known, classes);
  if (allowed == Admission::no) return Admission::no;
  return denied == Admission::undecidable ? Admission::undecidable : allowed;
}

}  // namespace krgboot::dhcpd
