#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cursor.hpp"
#include "declarations.hpp"
#include "grammar.hpp"

namespace krgboot::dhcpd {

/// The declaration that contains a statement. The members are set only directly inside such a declaration, as
/// in dhcpd: a group inside a subnet does not refer to the subnet.
struct Context {
  Kind kind = Kind::global;
  Index scope = 0;
  Index shared = 0;
  Index subnet = 0;
  Index pool = 0;
  Index host = 0;
  Index class_index = 0;
};

/// Walks once over the statements of all files and records their declarations. Networks are in declare.cpp;
/// hosts, classes and permits are in declare_clients.cpp.
class Declarer {
 public:
  Declarer(Declarations& result, const IncludeReader& include)
      : result_(result), include_(include), grammar_(result) {
    result_.scopes.emplace_back();
  }

  void read_main(std::string text, const std::string& file);

 private:
  using Handler = void (Declarer::*)(StatementRef, Cursor&, const Context&);

  void read(std::string text, const std::string& file, const Context& context);
  void statements(Index tree, const std::vector<Index>& list, const Context& context);
  void inside(StatementRef ref, const Context& context);
  void declare_one(StatementRef ref, const Context& context);
  void execute(StatementRef ref, const Context& context);
  void error(StatementRef ref, const char* code, std::string message, std::string hint = "");
  void unreadable(StatementRef ref);
  bool block(StatementRef ref) const;
  bool only_in(StatementRef ref, const Context& context, std::initializer_list<Kind> kinds,
               const char* where);
  Index new_scope(StatementRef ref, Index outer);
  void include(StatementRef ref, Cursor& cursor, const Context& context);
  void group(StatementRef ref, Cursor& cursor, const Context& context);
  void shared_network(StatementRef ref, Cursor& cursor, const Context& context);
  Index new_shared_network(StatementRef ref, Index scope);
  void subnet(StatementRef ref, Cursor& cursor, const Context& context);
  void pool(StatementRef ref, Cursor& cursor, const Context& context);
  Index new_pool(StatementRef ref, Index scope, Index shared);
  void failover(StatementRef ref, Cursor&, const Context& context);
  void interface(StatementRef ref, Cursor& cursor, const Context& context);
  void range(StatementRef ref, Cursor& cursor, const Context& context);
  /// All ranges outside a pool form one pool.
  Index loose_pool(StatementRef ref, const Context& context);
  void permit(StatementRef ref, Cursor& cursor, const Context& context);
  std::optional<Permit> after(StatementRef ref, Cursor& cursor);
  std::optional<Permit> read_permit(StatementRef ref, Cursor& cursor);
  void host(StatementRef ref, Cursor& cursor, const Context& context);
  void enter_host(StatementRef ref, Index index);
  void hardware(StatementRef ref, Cursor& cursor, const Context& context);
  void fixed_address(StatementRef ref, Cursor& cursor, const Context& context);
  void uid(StatementRef ref, Cursor& cursor, const Context& context);
  void host_identifier(StatementRef ref, Cursor& cursor, const Context& context);
  static std::optional<std::string> identifier_data(const std::string& option, Cursor& cursor);
  void option(StatementRef ref, Cursor& cursor, const Context& context);
  std::optional<Index> find_class(std::string_view name) const;
  void class_declaration(StatementRef ref, Cursor& cursor, const Context& context);
  void subclass(StatementRef ref, Cursor& cursor, const Context&);
  void match(StatementRef ref, Cursor& cursor, const Context& context);
  void not_followed(StatementRef ref, Cursor&, const Context&);

  Declarations& result_;
  const IncludeReader& include_;
  Grammar grammar_;
  std::set<std::string> interfaces_;  // named by the networks so far
  std::vector<std::string> including_;
  std::unordered_map<std::string, Index> host_names_;
};

}  // namespace krgboot::dhcpd
