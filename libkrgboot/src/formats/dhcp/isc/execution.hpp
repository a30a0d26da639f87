#pragma once

#include <map>
#include <string>
#include <vector>

#include "declarations.hpp"
#include "expression.hpp"

namespace krgboot::dhcpd {

/// Executes the statements of scopes for one client, outer scopes first, and keeps the values that they set.
/// As in dhcpd, expressions are evaluated at the end, after all scopes.
class Execution {
 public:
  /// `context` must outlive this object, which sets its config_option.
  Execution(const Declarations& declarations, EvaluationContext& context);
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  Execution(Execution&&) = delete;
  Execution& operator=(Execution&&) = delete;
  ~Execution() = default;

  /// Executes the scopes around `scope` and then `scope`, without `limit` and the scopes around it, which
  /// have been executed before.
  void run(Index scope, std::optional<Index> limit = std::nullopt);

  std::map<std::string, Setting, std::less<>> settings() const;
  /// Has this parameter been set, even to an expression whose value is null?
  bool has(const std::string& name) const { return parts_.count(name) != 0; }
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

 private:
  /// The contribution of one statement to a parameter; with `append` there are several.
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
  bool else_applies_ = false;  // the condition of the preceding `if` was false
  Diagnostics diagnostics_;
};

}  // namespace krgboot::dhcpd
