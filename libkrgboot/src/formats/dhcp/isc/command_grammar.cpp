// Statements that dhcpd executes for a client, and the statements of keys, zones and failover.
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "expression_grammar.hpp"
#include "grammar.hpp"
#include "option_grammar.hpp"
#include "quoted.hpp"

namespace krgboot::dhcpd {

namespace {

void variable(Head& head) {
  if (!head.is_identifier() || is_keyword(head.peek())) head.expected("the name of a variable");
  head.identifier("");
}

}  // namespace

void Grammar::command(Head& head, StatementRef ref, const std::string& word, bool after_if) {
  if (conditional(head, word, after_if)) {
    commands(ref);
  } else if (among(word, {"option", "supersede", "send", "prepend", "append", "default"})) {
    head.take(word);
    auto name = known_option(head, vocabulary_);
    option_value(head, vocabulary_, name, "option " + name.name);
  } else if (among(word, {"allow", "deny", "ignore"})) {
    head.take(word);
    static const std::initializer_list<std::string_view> what = {
        "bootp",      "booting",  "dynamic-bootp",  "unknown-clients",
        "duplicates", "declines", "client-updates", "leasequery"};
    if (!among(head.peek(), what)) head.expected(fmt::format("one of {}", fmt::join(what, ", ")));
    head.identifier("");
    head.end_statement();
  } else if (among(word, {"set", "define"})) {
    definition(head, word);
    if (head.block()) commands(ref);
  } else if (word == "zone") {
    zone(head, ref);
  } else if (word == "key") {
    key(head, ref);
  } else if (!flow(head, ref, word)) {
    parameter(head, word);
  }
}

bool Grammar::conditional(Head& head, const std::string& word, bool after_if) {
  if (!among(word, {"if", "elsif", "else"})) return false;
  head.take(word);
  if (word != "if" && !after_if) {
    head.complain_before("dhcpd.bad_statement", fmt::format("{} without an if before it", word));
  }
  if (word == "else" && !head.take("if")) {
    head.begin_block();
    return true;
  }
  bool in_parentheses = head.take('(');
  boolean_expression(head, vocabulary_);
  if (in_parentheses) head.expect(')');
  head.begin_block();
  return true;
}

bool Grammar::flow(Head& head, StatementRef ref, const std::string& word) {
  if (!among(word, {"on", "switch", "break", "add", "unset", "eval", "return", "log", "execute",
                    "parse-vendor-option", "db-time-format"})) {
    return false;
  }
  if (word == "log") return log(head), true;
  if (word == "execute") return execute(head), true;
  head.take(word);
  if (word == "on") {
    do {
      if (!among(head.peek(), {"expiry", "commit", "release", "transmission"})) {
        head.expected("commit, expiry, release or transmission");
      }
      head.identifier("");
    } while (head.take("or"));
    if (head.done() && !head.block()) return true;
    head.begin_block();
    commands(ref);
    return true;
  }
  if (word == "switch") {
    head.expect('(');
    bool data = switch_expression(head, vocabulary_);
    head.expect(')');
    head.begin_block();
    cases(ref, data);
    return true;
  }
  if (word == "add") {
    class_name(head, true);
  } else if (word == "unset") {
    variable(head);
  } else if (among(word, {"eval", "return"})) {
    evaluated_expression(head, vocabulary_);
  } else if (word == "db-time-format") {
    if (!head.take("default") && !head.take("local")) head.expected("default or local");
  }
  head.end_statement();
  return true;
}

void Grammar::definition(Head& head, const std::string& word) {
  head.take(word);
  variable(head);
  if (!head.take('(')) {
    head.expect('=');
    any_expression(head, vocabulary_);
    return head.end_statement();
  }
  while (!head.next_is(')')) {
    variable(head);
    if (!head.take(',')) break;  // dhcpd also accepts a trailing comma
  }
  head.expect(')');
  head.begin_block();
}

void Grammar::log(Head& head) {
  head.take("log");
  head.expect('(');
  if (among(head.peek(), {"fatal", "error", "debug", "info"})) {
    head.identifier("");
    head.expect(',');
  }
  auto start = head.at();
  try {
    data_expression(head, vocabulary_);
  } catch (const Complaint&) {
    if (head.at() != start) throw;
    // Only here dhcpd's parser gives up without an error message.
    head.complain(
        "dhcpd.misread",
        "there is no expression here: dhcpd silently leaves out the statement and the block around it");
  }
  head.expect(')');
  head.end_statement();
}

void Grammar::execute(Head& head) {
  head.take("execute");
  head.expect('(');
  head.string("a program in quotes");
  while (head.take(',')) data_expression(head, vocabulary_);
  head.expect(')');
  head.end_statement();
}

void Grammar::commands(StatementRef ref) {
  bool after_if = false;
  const auto& tree = declarations_.tree(ref);
  auto children = tree.children(ref.statement);
  auto last = children.empty() ? 0 : children.back();
  for (auto child : children) {
    StatementRef inner{ref.tree, child};
    check(inner, Kind::commands, after_if);
    after_if = opens_else(inner);
    // After a key or zone dhcpd loses its position and crashes at the next statement.
    if (child != last && (tree.is(child, 0, "key") || tree.is(child, 0, "zone"))) {
      report({"dhcpd.misplaced", "key and zone may not stand inside if, on, switch or a function",
              "put it at top level", tree.statements()[child].begin},
             ref.tree);
    }
  }
}

/// A case or default is not a statement: it precedes the next statement.
void Grammar::cases(StatementRef ref, bool data) {
  bool after_if = false;
  for (auto child : declarations_.tree(ref).children(ref.statement)) {
    StatementRef inner{ref.tree, child};
    try {
      Head head(declarations_.tree(ref), child);
      while (head.peek() == "case" || (head.peek() == "default" && head.second_is(":"))) {
        if (head.take("case")) {
          case_expression(head, vocabulary_, data);
        } else {
          head.take("default");
        }
        head.expect(':');
        after_if = false;
      }
      statement(head, inner, Kind::commands, after_if);
    } catch (const Complaint& complaint) {
      report(complaint, ref.tree);
    } catch (const NotJudged&) {
      continue;
    }
    after_if = opens_else(inner);
  }
}

void Grammar::zone(Head& head, StatementRef ref) {
  head.take("zone");
  head.host_name("the name of the zone");
  head.begin_block();
  for (auto child : declarations_.tree(ref).children(ref.statement)) {
    try {
      Head inner(declarations_.tree(ref), child);
      if (inner.take("primary") || inner.take("secondary")) {
        do {
          inner.address_or_name();
        } while (inner.take(','));
      } else if (inner.take("primary6") || inner.take("secondary6")) {
        do {
          inner.address6();
        } while (inner.take(','));
      } else if (inner.take("key")) {
        auto name =
            inner.kind() == WordKind::string ? inner.string("") : inner.host_name("the name of a key");
        if (keys_.count(name) == 0) {
          inner.complain_before("dhcpd.unknown_key",
                                fmt::format("key {} is not declared above", quoted(name)));
        }
      } else {
        inner.expected("primary, secondary or key");
      }
      inner.end_statement();
    } catch (const Complaint& complaint) {
      report(complaint, ref.tree);
    }
  }
}

void Grammar::key(Head& head, StatementRef ref) {
  head.take("key");
  auto name = head.kind() == WordKind::string ? head.string("") : head.host_name("the name of a key");
  head.begin_block();
  bool has_algorithm = false;
  bool has_secret = false;
  for (auto child : declarations_.tree(ref).children(ref.statement)) {
    Head inner(declarations_.tree(ref), child, Quoting::hidden);
    auto once = [&](bool& seen, std::string_view what) {
      if (std::exchange(seen, true))
        inner.complain("dhcpd.bad_statement", fmt::format("the key has a second {}", what));
    };
    if (inner.take("algorithm")) {
      once(has_algorithm, "algorithm");
      inner.host_name("the name of an algorithm");
    } else if (inner.take("secret")) {
      once(has_secret, "secret");
      inner.base64();
    } else {
      inner.expected("algorithm or secret");
    }
    inner.end_statement();
  }
  if (!has_algorithm || !has_secret) {
    head.complain_before("dhcpd.bad_statement",
                         fmt::format("key {} has no {}", quoted(name), has_secret ? "algorithm" : "secret"));
  }
  keys_.insert(name);
}

void Grammar::failover_peer(Head& head, StatementRef ref, Kind kind) {
  head.take("failover");
  head.expect("peer");
  auto name = head.kind() == WordKind::string || kind == Kind::pool
                  ? head.string("the name of a peer in quotes")
                  : head.identifier("the name of a peer");
  if (head.done() && !head.block()) {
    if (kind != Kind::pool && kind != Kind::shared_network) {
      head.complain("dhcpd.misplaced", "a failover peer is named in a pool or shared-network");
    }
    if (peers_.count(name) == 0) {
      head.complain_before("dhcpd.unknown_peer",
                           fmt::format("failover peer {} is not declared above", quoted(name)));
    }
    peers_of_pools_.insert(name);
    return;
  }
  if (kind != Kind::global && kind != Kind::shared_network) {
    head.complain_before("dhcpd.misplaced",
                         "failover peers are declared at top level and in shared-networks");
  }
  if (head.take("state")) return head.begin_block();
  head.begin_block();
  if (kind == Kind::shared_network) peers_of_pools_.insert(name);
  if (!peers_.emplace(name, ref).second) {
    head.complain_before("dhcpd.bad_statement",
                         fmt::format("failover peer {} is declared twice", quoted(name)));
  }
  bool primary = false;
  bool secondary = false;
  bool shares = false;
  bool has_address = false;
  bool has_mclt = false;
  for (auto child : declarations_.tree(ref).children(ref.statement)) {
    Head inner(declarations_.tree(ref), child);
    bool of_the_peer = false;  // dhcpd accepts the word any number of times
    while (inner.take("peer")) of_the_peer = true;
    auto word = inner.peek();
    primary = primary || word == "primary";
    secondary = secondary || word == "secondary";
    shares = shares || word == "split" || word == "hba";
    has_mclt = has_mclt || word == "mclt";
    has_address = has_address || (of_the_peer && word == "address");
    peer_statement(inner, word);
  }
  if (!has_address) head.complain_before("dhcpd.bad_statement", "the failover peer has no `peer address`");
  if (secondary && shares) {
    head.complain_before("dhcpd.bad_statement", "the secondary of a failover pair has neither split nor hba");
  }
  if (primary && !shares) {
    head.complain_before("dhcpd.bad_statement", "the primary of a failover pair needs split or hba");
  }
  if (primary && !has_mclt)
    head.complain_before("dhcpd.bad_statement", "the primary of a failover pair needs mclt");
}

void Grammar::peer_statement(Head& head, const std::string& word) {
  constexpr std::size_t hash_buckets = 32;  // octets
  constexpr unsigned long most_split = 256;
  if (among(word, {"primary", "secondary"})) {
    head.take(word);
  } else if (word == "address") {
    head.take(word);
    head.address_or_name();
  } else if (word == "hba") {
    head.take(word);
    if (head.hex_list() != hash_buckets) head.complain("dhcpd.bad_value", "hba must have 32 octets");
  } else if (word == "split") {
    head.take(word);
    if (head.number("a number up to 256") > most_split)
      head.complain_before("dhcpd.bad_value", "split is at most 256");
  } else if (word == "load") {
    head.take(word);
    head.expect("balance");
    head.expect("max");
    head.expect("seconds");
    head.number("a number of seconds");
  } else if (among(word, {"port", "max-lease-misbalance", "max-lease-ownership", "max-balance", "min-balance",
                          "auto-partner-down", "max-response-delay", "max-unacked-updates", "mclt"})) {
    head.take(word);
    head.number(fmt::format("a number for {}", word));
  } else {
    head.expected("a statement of failover peers");
  }
  head.end_statement();
}

}  // namespace krgboot::dhcpd
