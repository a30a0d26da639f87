#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expression.hpp"

namespace krgboot::dhcpd {

/// The type of an expression, or the expected type. A number is decimal if a number is expected, else an
/// octet in hex.
enum class Type { any, boolean, data, number, data_or_number };

/// The parameter and result types of a function of dhcp-eval(5).
struct Signature {
  std::vector<Type> arguments;
  bool more = false;  ///< accepts any number of further arguments like the last
  Type result = Type::data;

  bool takes(std::size_t count) const { return more ? count >= arguments.size() : count == arguments.size(); }
  /// Type of the argument with this index, from 0; `any` after the last argument.
  Type type_of(std::size_t index) const;
};

/// The signature of a function by its lower-case name; nullptr if dhcpd has no such function.
const Signature* signature_of(std::string_view function);

/// Calls a function that has a signature with a valid number of arguments. Undecidable for functions that
/// need the raw packet or a name lookup.
Value call(const std::string& function, const std::vector<Value>& arguments);

/// `left OP right` for one of + - * / % & | ^; null if a side is null or not a number, or for a division by
/// 0.
Value arithmetic(char op, const Value& left, const Value& right);

std::string mac_bytes(const MacAddress& mac);
std::string address_bytes(Ipv4Address address);

}  // namespace krgboot::dhcpd
