#pragma once

#include <map>
#include <string>
#include <vector>

#include "declarations.hpp"
#include "expression.hpp"

namespace krgboot::dhcpd {

/// Executes the statements of scopes for one client, outer scopes first, and keeps what they set. As in
/// dhcpd, a value that is an expression is worked out at the end, when all scopes have run.
class Execution {
 public:
  /// `context` must outlive it; its config_option is answered from here.
  Execution(const Declarations& declarations, EvaluationContext& context);
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  Execution(Execution&&) = delete;
  Execution& operator=(Execution&&) = delete;
  ~Execution() = default;

  /// All scopes around `scope` and then `scope`, but none that encloses `limit` or is it: those have run.
  void run(Index scope, std::optional<Index> limit = std::nullopt);

  std::map<std::string, Setting, std::less<>> settings() const;
  /// Was this parameter set, even to an expression that comes to null?
  bool has(const std::string& name) const { return parts_.count(name) != 0; }
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

 private:
  /// One statement's contribution to a parameter; `append` makes several of them.
  struct Part {
    StatementRef ref;
    Index scope;
    std::span<const Token> tokens;
    bool expression;
    std::string text;  // instead of tokens, for allow and deny
  };
  enum class How { replace, if_missing, in_front, behind };

  bool encloses(Index scope, Index inner) const;
  void statements(const std::vector<StatementRef>& list, Index scope);
  void statement(StatementRef ref, Index scope);
  void branch(StatementRef ref, Index scope);
  void parameter(StatementRef ref, Index scope);
  void permission(StatementRef ref, Index scope);
  void set(const std::string& name, Part part, How how);
  void not_followed(StatementRef ref, const char* code, const std::string& message);
  static bool is_string(const Part& part);
  Value value_of(const Part& part) const;
  std::optional<Setting> setting(const std::string& name, const std::vector<Part>& parts) const;

  const Declarations& declarations_;
  EvaluationContext& context_;
  std::map<std::string, std::vector<Part>> parts_;
  bool else_applies_ = false;  // the `if` before did not hold
  Diagnostics diagnostics_;
};

}  // namespace krgboot::dhcpd
