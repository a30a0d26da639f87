#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "declarations.hpp"
#include "head.hpp"
#include "vocabulary.hpp"

namespace krgboot::dhcpd {

/// The kind of block that contains a statement. `commands`: the block of an if, on, switch or function, where
/// nothing can be declared.
enum class Kind { global, group, shared_network, subnet, pool, host, class_, commands };

/// Reports what ISC dhcpd 4.4 would reject in a statement: wrong words or order, wrong option values, and
/// names that are not defined above it. One error per statement.
class Grammar {
 public:
  explicit Grammar(Declarations& declarations) : declarations_(declarations) {}

  /// Does dhcpd accept the statement? If not, the error is reported. `after_if`: the statement follows an if
  /// or elsif. The statements inside a block of commands are checked as well.
  bool check(StatementRef ref, Kind kind, bool after_if);
  /// Reports references that are still missing after all statements.
  void finish();
  /// May an else follow this statement?
  bool opens_else(StatementRef ref) const;

 private:
  void statement(Head& head, StatementRef ref, Kind kind, bool after_if);
  bool declaration(Head& head, const std::string& word, Kind kind);
  bool network(Head& head, const std::string& word, Kind kind);
  bool of_host(Head& head, const std::string& word);
  bool of_class(Head& head, const std::string& word);
  void command(Head& head, StatementRef ref, const std::string& word, bool after_if);
  void at_top_level(StatementRef ref);
  bool conditional(Head& head, const std::string& word, bool after_if);
  bool flow(Head& head, StatementRef ref, const std::string& word);
  void parameter(Head& head, const std::string& word);
  void option(Head& head, Kind kind);
  void class_name(Head& head, bool must_be);
  void subclass(Head& head);
  void host_identifier(Head& head);
  void hardware(Head& head);
  static void server_duid(Head& head);
  void failover_peer(Head& head, StatementRef ref, Kind kind);
  void peer_statement(Head& head, const std::string& word);
  void zone(Head& head, StatementRef ref);
  void key(Head& head, StatementRef ref);
  void definition(Head& head, const std::string& word);
  void log(Head& head);
  void execute(Head& head);
  /// Checks the statements inside a block of commands.
  void commands(StatementRef ref);
  void cases(StatementRef ref, bool data);
  void report(const Complaint& complaint, Index tree);

  Declarations& declarations_;
  Vocabulary vocabulary_;
  std::set<std::string, std::less<>> keys_;
  std::map<std::string, StatementRef, std::less<>> peers_;
  std::set<std::string, std::less<>> peers_of_pools_;
  std::optional<std::pair<std::string, StatementRef>> omapi_key_;
  bool good_ = true;
};

}  // namespace krgboot::dhcpd
