#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expression.hpp"

namespace krgboot::dhcpd {

/// What an expression is, or is to be. A number reads as decimal where a number is wanted, else as an octet
/// in hex.
enum class Type { any, boolean, data, number, data_or_number };

/// How a function of dhcp-eval(5) is called.
struct Signature {
  std::vector<Type> arguments;
  bool more = false;  ///< any number of further arguments like the last
  Type result = Type::data;

  bool takes(std::size_t count) const { return more ? count >= arguments.size() : count == arguments.size(); }
  /// Of the argument number `index`, from 0; `any` beyond the last.
  Type type_of(std::size_t index) const;
};

/// That of the function of this name, in lower case; nullptr: dhcpd has no such function.
const Signature* signature_of(std::string_view function);

/// A function that has a signature, applied to as many arguments as it takes. Undecidable for those that ask
/// the raw packet or the host for its name.
Value call(const std::string& function, const std::vector<Value>& arguments);

/// `left OP right` for one of + - * / % & | ^; null where a side is null or no number, or for a division by
/// 0.
Value arithmetic(char op, const Value& left, const Value& right);

std::string mac_bytes(const MacAddress& mac);
std::string address_bytes(Ipv4Address address);

}  // namespace krgboot::dhcpd
