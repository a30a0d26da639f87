#include "grammar.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "expression_grammar.hpp"
#include "option_grammar.hpp"
#include "quoted.hpp"

namespace krgboot::dhcpd {

namespace {

/// dhcpd accepts any token, silently even the ';' or '}' that should end the statement or the block.
void interface_name(Head& head) {
  switch (head.kind()) {
    case WordKind::string:
      head.string("");
      return;
    case WordKind::number:
      head.number("");
      return;
    case WordKind::end:
    case WordKind::symbol:
      head.complain("dhcpd.misread", "dhcpd silently takes this for the name of the interface");
    default:
      head.identifier("");
  }
}

}  // namespace

bool Grammar::check(StatementRef ref, Kind kind, bool after_if) {
  auto before = std::exchange(good_, true);
  try {
    Head head(declarations_.tree(ref), ref.statement);
    statement(head, ref, kind, after_if);
    if (kind == Kind::global) at_top_level(ref);
  } catch (const Complaint& complaint) {
    report(complaint, ref.tree);
  } catch (const NotJudged&) {
    // Nested too deeply to check: the statement counts as correct.
  }
  auto taken = good_;
  good_ = before && taken;
  return taken;
}

bool Grammar::opens_else(StatementRef ref) const {
  const auto& tree = declarations_.tree(ref);
  if (tree.is(ref.statement, 0, "if") || tree.is(ref.statement, 0, "elsif")) return true;
  return tree.is(ref.statement, 0, "else") && tree.is(ref.statement, 1, "if");
}

void Grammar::report(const Complaint& complaint, Index tree) {
  good_ = false;
  const auto& of = declarations_.trees[tree];
  declarations_.diagnostics.push_back({Severity::error,
                                       complaint.code,
                                       complaint.message,
                                       complaint.hint,
                                       "",
                                       {of.file(), of.position(complaint.offset)}});
}

void Grammar::statement(Head& head, StatementRef ref, Kind kind, bool after_if) {
  if (head.next_is('%') && kind != Kind::commands)
    return head.skip_rest();  // dhcpd leaves such lines to another program
  auto word = head.peek();
  if (word.empty() || !head.is_identifier()) {
    head.complain("dhcpd.unknown_statement", "a statement cannot begin like this");
  }
  if (kind != Kind::commands) {
    if (kind == Kind::host && of_host(head, word)) return;
    if (kind == Kind::class_ && of_class(head, word)) return;
    if (network(head, word, kind) || declaration(head, word, kind)) return;
    if (word == "failover") return failover_peer(head, ref, kind);
    if (word == "option") return option(head, kind);
  }
  command(head, ref, word, after_if);
}

/// Declarations that are allowed in most places. Declarer reports the places where they are not allowed.
bool Grammar::declaration(Head& head, const std::string& word, Kind kind) {
  if (word == "include") {
    head.take(word);
    head.string("the name of a file in quotes");
    head.end_statement();
  } else if (word == "host") {
    head.take(word);
    head.host_name("the name of the host");
    head.begin_block();
  } else if (word == "group") {
    head.take(word);
    if (kind == Kind::class_) head.complain_before("dhcpd.misplaced", "a group inside of a class");
    if (head.kind() == WordKind::string) head.string("");
    if (head.is_identifier()) head.identifier("");
    head.begin_block();
  } else if (word == "class") {
    head.take(word);
    if (kind == Kind::class_) head.complain_before("dhcpd.misplaced", "a class inside of a class");
    class_name(head, false);
    head.begin_block();
  } else if (among(word, {"vendor-class", "user-class"})) {
    head.take(word);
    class_name(head, true);
    if (head.done() && !head.block()) return true;
    head.begin_block();
  } else if (word == "subclass") {
    subclass(head);
  } else if (word == "hardware") {
    hardware(head);
  } else if (among(word, {"fixed-address", "fixed-address6"})) {
    head.take(word);
    do {
      word == "fixed-address" ? head.address_or_name() : head.address6();
    } while (head.take(','));
    head.end_statement();
  } else if (word == "authoritative" || (word == "not" && head.second_is("authoritative"))) {
    head.take("not");
    head.take("authoritative");
    if (kind == Kind::host) head.complain_before("dhcpd.misplaced", "authoritative makes no sense in a host");
    head.end_statement();
  } else if (word == "server-identifier") {
    head.take(word);
    option_value(head, vocabulary_, {"dhcp", "dhcp-server-identifier"}, word);
  } else if (word == "lease-id-format") {
    head.take(word);
    if (!head.take("octal") && !head.take("hex")) head.expected("octal or hex");
    head.end_statement();
  } else if (word == "server-duid") {
    server_duid(head);
  } else if (among(word, {"dynamic", "static", "deleted"}) && kind == Kind::group) {
    head.take(word);
    head.end_statement();
  } else {
    return false;
  }
  return true;
}

/// Declarations of networks and their addresses.
bool Grammar::network(Head& head, const std::string& word, Kind kind) {
  if (word == "shared-network") {
    head.take(word);
    if (head.kind() == WordKind::string) {
      if (head.string("").empty()) head.complain_before("dhcpd.bad_value", "the shared-network has no name");
    } else {
      head.host_name("the name of the network");
    }
    head.begin_block();
  } else if (word == "subnet") {
    head.take(word);
    head.address();
    head.expect("netmask");
    head.address();
    head.begin_block();
  } else if (among(word, {"subnet6", "pool6", "range6", "prefix6", "fixed-prefix6"})) {
    head.complain("dhcpd.misplaced", fmt::format("{} is for DHCPv6 only (dhcpd -6)", word));
  } else if (word == "pool") {
    head.take(word);
    head.begin_block();
  } else if (word == "range") {
    head.take(word);
    head.take("dynamic-bootp");
    head.address();
    if (!head.done()) head.address();
    head.end_statement();
  } else if (word == "interface" && (kind == Kind::subnet || kind == Kind::shared_network)) {
    head.take(word);
    interface_name(head);
    head.end_statement();
  } else if (kind == Kind::pool && among(word, {"allow", "deny"})) {
    head.skip_rest();  // read by Declarer
  } else if (kind == Kind::pool && word == "no") {
    // dhcpd 4.4 rejects the "no failover peer;" of the man page because of its ';'.
    head.take(word);
    head.expect("failover");
    head.expect("peer");
    head.complain("dhcpd.bad_statement",
                  "dhcpd 4.4 refuses \"no failover peer;\", although dhcpd.conf(5) describes it");
  } else {
    return false;
  }
  return true;
}

bool Grammar::of_host(Head& head, const std::string& word) {
  if (among(word, {"dynamic", "deleted"})) {
    head.take(word);
    head.end_statement();
  } else if (word == "group") {
    head.take(word);
    head.kind() == WordKind::string ? head.string("") : head.identifier("the name of a group");
    head.end_statement();
  } else if (word == "uid") {
    head.take(word);
    if (head.kind() == WordKind::string) {
      head.string("");
    } else {
      head.hex_list();
    }
    head.end_statement();
  } else if (word == "host-identifier") {
    host_identifier(head);
  } else {
    return false;
  }
  return true;
}

bool Grammar::of_class(Head& head, const std::string& word) {
  if (among(word, {"dynamic", "deleted"})) {
    head.take(word);
    head.end_statement();
  } else if (word == "match") {
    head.take(word);
    head.take("if") ? boolean_expression(head, vocabulary_) : data_expression(head, vocabulary_);
    head.end_statement();
  } else if (word == "spawn") {
    head.take(word);
    head.expect("with");
    data_expression(head, vocabulary_);
    head.end_statement();
  } else if (word == "lease" && head.second_is("limit")) {
    head.take(word);
    head.take("limit");
    head.number("a number of leases");
    head.end_statement();
  } else {
    return false;
  }
  return true;
}

void Grammar::class_name(Head& head, bool must_be) {
  auto name = head.string("the name of a class in quotes");
  bool known = std::any_of(declarations_.classes.begin(), declarations_.classes.end(),
                           [&](const auto& each) { return each.complete && each.name == name; });
  if (must_be && !known) {
    head.complain_before("dhcpd.unknown_class", fmt::format("class {} is not declared above", quoted(name)));
  }
}

void Grammar::subclass(Head& head) {
  head.take("subclass");
  class_name(head, true);
  if (head.kind() == WordKind::string) {
    head.string("");
  } else {
    head.hex_list();
  }
  if (head.done() && !head.block()) return;
  if (!head.done()) head.end_statement();
  head.begin_block();
}

void Grammar::hardware(Head& head) {
  head.take("hardware");
  static constexpr std::array<std::string_view, 4> types = {"ethernet", "token-ring", "fddi", "infiniband"};
  auto type = head.identifier("a type of hardware (ethernet)");
  if (std::find(types.begin(), types.end(), to_lower(type)) == types.end() && !type.starts_with("unknown-")) {
    head.complain_before("dhcpd.bad_value", fmt::format("{} is no type of hardware", quoted(type)),
                         "hardware ethernet 02:00:00:00:00:01;");
  }
  constexpr std::size_t longest = 20;  // octets
  if (!head.done()) head.hex_list(longest);
  head.end_statement();
}

/// The server's DUID (RFC 8415, section 11). dhcpd generates one if only the type is given.
void Grammar::server_duid(Head& head) {
  head.take("server-duid");
  if (head.kind() == WordKind::number || head.peek() == "en") {
    if (head.take("en")) {
      head.number("the number of an enterprise");
    } else {
      head.number("");
    }
    head.string("an identifier in quotes");
    return head.end_statement();
  }
  auto with_time = head.peek() == "llt";
  if (!head.take("ll") && !head.take("llt")) head.expected("llt, ll, en or a number");
  if (head.done()) return head.end_statement();
  if (!head.take("ethernet") && !head.take("token-ring") && !head.take("fddi"))
    head.expected("a type of hardware (ethernet)");
  if (with_time) head.number("a time in seconds");
  head.hex_list();
  head.end_statement();
}

void Grammar::host_identifier(Head& head) {
  head.take("host-identifier");
  if (head.take("v6relopt")) {
    head.number("a number of relays");
  } else {
    head.expect("option");
  }
  auto name = known_option(head, vocabulary_);
  literal_value(head, vocabulary_, name, name.name);
  head.end_statement();
}

void Grammar::option(Head& head, Kind kind) {
  head.take("option");
  if (head.take("space")) {
    if (kind != Kind::global) {
      head.complain_before("dhcpd.misplaced", "option spaces are defined at top level only");
    }
    return define_space(head, vocabulary_);
  }
  auto name = read_option_name(head, vocabulary_);
  if (head.peek() == "code") {
    if (kind != Kind::global) head.complain("dhcpd.misplaced", "options are defined at top level only");
    head.take("code");
    return define_option(head, vocabulary_, name);
  }
  must_be_known(head, name, vocabulary_);
  option_value(head, vocabulary_, name, "option " + name.name);
}

/// Checks that dhcpd makes on its own parameters at start.
void Grammar::at_top_level(StatementRef ref) {
  Head head(declarations_.tree(ref), ref.statement);
  if (head.take("omapi-key")) {
    auto name = head.kind() == WordKind::string ? head.string("") : head.host_name("the name of a key");
    omapi_key_.emplace(name, ref);
  }
  if (head.take("ddns-update-style") && head.raw_next() == "ad-hoc") {
    head.complain("dhcpd.obsolete", "dhcpd 4 has no ddns-update-style ad-hoc any more");
  }
}

void Grammar::finish() {
  if (omapi_key_ && keys_.count(omapi_key_->first) == 0) {
    declarations_.report(omapi_key_->second, Severity::error, "dhcpd.unknown_key",
                         fmt::format("no key {} is defined", quoted(omapi_key_->first)));
  }
  for (const auto& [name, where] : peers_) {
    if (peers_of_pools_.count(name) != 0) continue;
    declarations_.report(where, Severity::error, "dhcpd.unused_peer",
                         fmt::format("no pool names the failover peer {}", quoted(name)));
  }
}

void Grammar::parameter(Head& head, const std::string& word) {
  OptionName name{"server", word};
  if (vocabulary_.find(name) != nullptr) {
    head.take(word);
    return option_value(head, vocabulary_, name, word);
  }
  auto near = vocabulary_.near_statement(word);
  auto hint = near ? fmt::format("did you mean {}?", *near) : std::string();
  auto unknown = [&] {
    head.complain("dhcpd.unknown_statement", fmt::format("dhcpd knows no statement {}", quoted(word)), hint);
  };
  static const std::map<std::string_view, std::string_view> places = {
      {"uid", "a host"},
      {"host-identifier", "a host"},
      {"match", "a class"},
      {"spawn", "a class"},
      {"interface", "a subnet or shared-network"},
      {"netmask", "the head of a subnet"}};
  if (auto place = places.find(word); place != places.end()) {
    head.complain("dhcpd.misplaced", fmt::format("{} stands outside of {}", word, place->second));
  }
  if (is_keyword(word)) unknown();
  // dhcpd takes anything else for an expression: a variable, a comparison, or a function of the
  // configuration.
  bool calls = head.second_is("(");
  auto start = head.at();
  try {
    evaluated_expression(head, vocabulary_);
    head.end_statement();
  } catch (const Complaint&) {
    if (calls) throw;
    head.back_to(start);
    unknown();
  }
  if (calls) return;
  head.back_to(start);
  declarations_.diagnostics.push_back(
      {Severity::warning, "dhcpd.no_effect",
       fmt::format("{} is not a statement: dhcpd reads it as an expression, which has no effect",
                   quoted(word)),
       hint, "", head.where()});
}

}  // namespace krgboot::dhcpd
