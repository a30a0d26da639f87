#pragma once

#include <string>
#include <vector>

#include "dhcpd_expression.hpp"

namespace krgboot::dhcpd {

/// A function of dhcp-eval(5), by its name in lower case, applied to as many arguments as it takes.
/// Undecidable for those that ask a resolver, the raw packet or the configuration's own functions.
Value call(const std::string& function, const std::vector<Value>& arguments);

/// `left OP right` for one of + - * / % & | ^; null where a side is null or no number, or for a division by
/// 0.
Value arithmetic(char op, const Value& left, const Value& right);

std::string mac_bytes(const MacAddress& mac);
std::string address_bytes(Ipv4Address address);

}  // namespace krgboot::dhcpd
