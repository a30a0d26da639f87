#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "declarations.hpp"

namespace krgboot::dhcpd {

/// krgboot's own limit: an expression in deeper parentheses is not evaluated.
inline constexpr int deepest_expression = 100;

/// The kind of an expression's value. `undecidable`: only the running daemon can evaluate it (a variable, a
/// name lookup, the raw packet).
enum class ValueKind { undecidable, null, data, number, boolean };

struct Value {
  ValueKind kind = ValueKind::undecidable;
  std::string data;
  std::int64_t number = 0;  // of a boolean: 0 or 1

  static Value of_data(std::string data) { return {ValueKind::data, std::move(data), 0}; }
  static Value of_number(std::int64_t number) { return {ValueKind::number, {}, number}; }
  static Value of_boolean(bool value) { return {ValueKind::boolean, {}, value ? 1 : 0}; }
  static Value null() { return {ValueKind::null, {}, 0}; }

  bool is(ValueKind other) const noexcept { return kind == other; }
  bool is_true() const noexcept { return kind == ValueKind::boolean && number != 0; }
  bool operator==(const Value&) const = default;
};

/// The data that an expression may use.
struct EvaluationContext {
  const Declarations& declarations;
  const Client& client;
  bool known = false;      ///< a host declaration matches the client
  bool fixed = false;      ///< the client's address comes from that declaration
  bool has_lease = false;  ///< false while classes are being matched
  std::optional<Ipv4Address> leased_address;
  std::string host_name;  ///< of the host declaration; empty: none
  /// The bytes of an option that the answer has so far; null if it has none or if there is no answer yet.
  std::function<Value(const std::string& option)> config_option;
};

/// The number of an option of the DHCP space by its lower-case name, with or without the prefix "dhcp.";
/// nullopt for options of other spaces and for options that no client sends.
std::optional<std::uint8_t> option_code(const Declarations& declarations, std::string name);

/// Does this parameter hold a list of addresses?
bool holds_addresses(const std::string& parameter);

/// Evaluates `tokens` of `tree` by dhcp-eval(5), with the deviations of ISC dhcpd 4.4: `null = null` is true,
/// `false and ...` is null, and an operator that binds tighter takes everything to its right.
Value evaluate(const EvaluationContext& context, const Tree& tree, std::span<const Token> tokens);

}  // namespace krgboot::dhcpd
