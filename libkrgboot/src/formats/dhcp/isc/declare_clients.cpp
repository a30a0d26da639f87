#include "krgboot/base/text.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "declarer.hpp"
#include "quoted.hpp"

namespace krgboot::dhcpd {

void Declarer::permit(StatementRef ref, Cursor& cursor, const Context& context) {
  if (context.kind != Kind::pool) return execute(ref, context);
  auto permit = read_permit(ref, cursor);
  if (!permit) return;
  auto& pool = result_.pools[context.pool];
  auto is_after = [](const Permit& each) { return each.kind == PermitKind::after; };
  if (is_after(*permit) && (std::any_of(pool.allow.begin(), pool.allow.end(), is_after) ||
                            std::any_of(pool.deny.begin(), pool.deny.end(), is_after))) {
    return error(ref, "dhcpd.bad_statement", "the pool has a second \"after\"");
  }
  (result_.tree(ref).is(ref.statement, 0, "allow") ? pool.allow : pool.deny).push_back(*permit);
}

std::optional<Permit> Declarer::read_permit(StatementRef ref, Cursor& cursor) {
  static const std::vector<std::pair<std::vector<std::string_view>, PermitKind>> kinds = {
      {{"known-clients"}, PermitKind::known_clients},
      {{"known", "clients"}, PermitKind::known_clients},
      {{"unknown-clients"}, PermitKind::unknown_clients},
      {{"unknown", "clients"}, PermitKind::unknown_clients},
      {{"all", "clients"}, PermitKind::all_clients},
      {{"dynamic", "bootp", "clients"}, PermitKind::dynamic_bootp},
      {{"authenticated", "clients"}, PermitKind::authenticated},
      {{"unauthenticated", "clients"}, PermitKind::unauthenticated},
  };
  auto begin = cursor.at();
  for (const auto& [words, kind] : kinds) {
    cursor.back_to(begin);
    if (std::all_of(words.begin(), words.end(), [&](auto word) { return cursor.take_keyword(word); }) &&
        cursor.done()) {
      return Permit{kind, 0};
    }
  }
  cursor.back_to(begin);
  if (cursor.take_keyword("after")) return after(ref, cursor);
  std::optional<std::string> name;
  if (cursor.take_keyword("members") && cursor.take_keyword("of")) name = cursor.string();
  if (!name || !cursor.done()) {
    unreadable(ref);
    return std::nullopt;
  }
  auto found = find_class(*name);
  if (!found) {
    error(ref, "dhcpd.unknown_class", fmt::format("class {} is not declared above", quoted(*name)));
    return std::nullopt;
  }
  return Permit{PermitKind::class_members, *found};
}

/// A date of dhcpd.leases(5): "4 2030/01/31 12:00:00", "epoch 1900000000" or "never".
std::optional<Permit> Declarer::after(StatementRef ref, Cursor& cursor) {
  constexpr unsigned long any = 0xffffffffUL;
  bool good = cursor.take_keyword("never");
  if (!good && cursor.take_keyword("epoch")) {
    good = cursor.number(any).has_value();
  } else if (!good) {
    const std::string_view separators = " // ::";  // before the year, month, day, hour, minute, second
    good = cursor.number(any).has_value();
    for (char separator : separators) {
      good = good && (separator == ' ' || cursor.take_symbol(separator)) && cursor.number(any);
    }
    if (good) cursor.number(any);  // the time zone
  }
  if (good && cursor.done()) return Permit{PermitKind::after, 0};
  unreadable(ref);
  return std::nullopt;
}

void Declarer::host(StatementRef ref, Cursor& cursor, const Context& context) {
  auto name = cursor.dotted_name();
  if (!name || !cursor.done() || !block(ref)) return unreadable(ref);
  if (context.kind == Kind::host || context.kind == Kind::class_) {
    return error(ref, "dhcpd.misplaced", "a host inside of a host or class");
  }
  Context own;
  own.kind = Kind::host;
  own.scope = new_scope(ref, context.scope);
  own.host = static_cast<Index>(result_.hosts.size());
  Host declared;
  declared.name = *name;
  declared.declared = ref;
  declared.scope = own.scope;
  result_.hosts.push_back(std::move(declared));
  inside(ref, own);
  enter_host(ref, own.host);
}

void Declarer::enter_host(StatementRef ref, Index index) {
  const auto& host = result_.hosts[index];
  auto [first, fresh] = host_names_.emplace(host.name, index);
  if (!fresh) {
    error(ref, "dhcpd.duplicate_host",
          fmt::format("host {} is declared twice, first at {}", quoted(host.name),
                      result_.where(result_.hosts[first->second].declared).to_string()));
  }
  if (!host.hardware.empty()) result_.hosts_by_hardware[host.hardware].push_back(index);
  if (!host.client_id.empty()) result_.hosts_by_client_id[host.client_id].push_back(index);
}

void Declarer::hardware(StatementRef ref, Cursor& cursor, const Context& context) {
  // Numbers of the hardware types (RFC 1700, "Hardware Types").
  static const std::vector<std::pair<std::string_view, char>> types = {
      {"ethernet", '\1'}, {"token-ring", '\6'}, {"fddi", '\10'}, {"infiniband", '\40'}};
  if (!only_in(ref, context, {Kind::host}, "a host")) return;
  char type = 0;
  for (const auto& [word, number] : types) {
    if (cursor.take_keyword(word)) type = number;
  }
  auto octets = cursor.hex_octets();
  if (!result_.hosts[context.host].hardware.empty()) {
    return error(ref, "dhcpd.bad_statement", "the host has a second hardware address");
  }
  if (type == 0 || !octets || !cursor.done()) {
    return result_.report(ref, Severity::warning, "dhcpd.odd_hardware",
                          fmt::format("dhcpd accepts {}, but no machine can match it",
                                      quoted(result_.tree(ref), ref.statement)),
                          "hardware ethernet 02:00:00:00:00:01;");
  }
  result_.hosts[context.host].hardware = type + *octets;
}

void Declarer::fixed_address(StatementRef ref, Cursor& cursor, const Context& context) {
  if (!only_in(ref, context, {Kind::host}, "a host")) return;
  auto& addresses = result_.hosts[context.host].addresses;
  if (!addresses.empty()) return unreadable(ref);
  do {
    auto address = cursor.address();
    auto name = address ? std::optional(address->to_string()) : cursor.dotted_name();
    if (!name) return unreadable(ref);
    addresses.push_back({address, *name});
  } while (cursor.take_symbol(','));
  if (!cursor.done()) unreadable(ref);
}

void Declarer::uid(StatementRef ref, Cursor& cursor, const Context& context) {
  if (!only_in(ref, context, {Kind::host}, "a host")) return;
  auto id = cursor.next_is_string() ? cursor.string() : cursor.hex_octets();
  if (!id || !cursor.done()) return unreadable(ref);
  auto& known = result_.hosts[context.host].client_id;
  if (!known.empty()) return error(ref, "dhcpd.bad_statement", "the host has a second uid");
  known = *id;
}

void Declarer::host_identifier(StatementRef ref, Cursor& cursor, const Context& context) {
  if (!only_in(ref, context, {Kind::host}, "a host")) return;
  auto name = cursor.take_keyword("option") ? cursor.dotted_name() : std::nullopt;
  auto data = name ? identifier_data(to_lower(*name), cursor) : std::nullopt;
  if (!data || !cursor.done()) {
    return result_.report(ref, Severity::warning, "dhcpd.not_followed",
                          "krgboot cannot tell which machines this host-identifier matches");
  }
  result_.hosts[context.host].identifier_option = to_lower(*name);
  result_.hosts[context.host].identifier = *data;
  result_.has_host_identifiers = true;
}

/// The form of an option's data depends on its type. Strings and octet lists are recognized by their form.
std::optional<std::string> Declarer::identifier_data(const std::string& option, Cursor& cursor) {
  if (cursor.next_is_string()) return cursor.string();
  std::string type;
  if (option == "pxe-client-id") {
    auto number = cursor.number(255);
    if (!number) return std::nullopt;
    type = static_cast<char>(*number);
  }
  auto octets = cursor.hex_octets();
  if (!octets || octets->size() < 2) return std::nullopt;
  return type + *octets;
}

void Declarer::option(StatementRef ref, Cursor& cursor, const Context& context) {
  if (cursor.take_keyword("space")) return;
  auto name = cursor.dotted_name();
  if (name && cursor.take_keyword("code")) {
    if (auto code = cursor.number(255)) {
      result_.option_codes[to_lower(*name)] = static_cast<std::uint8_t>(*code);
    }
    return;
  }
  // As in dhcpd, a client identifier among the host's own statements also identifies the host.
  if (name && to_lower(*name) == "dhcp-client-identifier" && context.kind == Kind::host) {
    cursor.take_symbol('=');
    auto id = cursor.next_is_string() ? cursor.string() : cursor.hex_octets();
    auto& host = result_.hosts[context.host];
    if (id && cursor.done() && host.client_id.empty()) host.client_id = *id;
  }
  execute(ref, context);
}

std::optional<Index> Declarer::find_class(std::string_view name) const {
  for (Index i = 0; i < result_.classes.size(); ++i) {
    if (result_.classes[i].name == name) return i;
  }
  return std::nullopt;
}

void Declarer::class_declaration(StatementRef ref, Cursor& cursor, const Context& context) {
  auto name = cursor.string();
  if (!name || !cursor.done() || !block(ref)) return unreadable(ref);
  auto index = find_class(*name);
  if (!index) {
    index = static_cast<Index>(result_.classes.size());
    ClassDeclaration declared;
    declared.name = *name;
    declared.declared = ref;
    declared.scope = new_scope(ref, context.scope);
    result_.classes.push_back(std::move(declared));
  }
  Context own;
  own.kind = Kind::class_;
  own.class_index = *index;
  own.scope = result_.classes[*index].scope;
  inside(ref, own);
  result_.classes[*index].complete = true;
}

void Declarer::subclass(StatementRef ref, Cursor& cursor, const Context&) {
  auto name = cursor.string();
  auto data = cursor.next_is_string() ? cursor.string() : cursor.hex_octets();
  if (!name || !data || !cursor.done()) return unreadable(ref);
  auto index = find_class(*name);
  if (!index)
    return error(ref, "dhcpd.unknown_class", fmt::format("class {} is not declared above", quoted(*name)));
  // A second subclass with the same data extends the first.
  auto& subclasses = result_.classes[*index].subclasses;
  auto earlier = subclasses.find(*data);
  auto around = earlier == subclasses.end() ? result_.classes[*index].scope : earlier->second;
  Context own;
  own.kind = Kind::class_;
  own.class_index = *index;
  own.scope = block(ref) ? new_scope(ref, around) : around;
  subclasses[*data] = own.scope;
  if (block(ref)) inside(ref, own);
}

void Declarer::match(StatementRef ref, Cursor& cursor, const Context& context) {
  if (!only_in(ref, context, {Kind::class_}, "a class")) return;
  auto& declared = result_.classes[context.class_index];
  bool spawns = result_.tree(ref).is(ref.statement, 0, "spawn");
  auto& place = !spawns && cursor.take_keyword("if") ? declared.match_if : declared.submatch;
  if (place) return error(ref, "dhcpd.bad_statement", "the class has a second match");
  place = ref;
  declared.spawning = declared.spawning || spawns;
}

void Declarer::not_followed(StatementRef ref, Cursor&, const Context&) {
  result_.report(ref, Severity::warning, "dhcpd.not_followed",
                 fmt::format("{} is not followed here", quoted(result_.tree(ref), ref.statement)));
}

}  // namespace krgboot::dhcpd
