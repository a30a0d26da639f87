#pragma once

#include "krgboot/net/ipv4.hpp"

#include <string_view>

namespace krgboot::test {

inline Ipv4Address address(std::string_view text) {
  return Ipv4Address::from_string(text);
}

}  // namespace krgboot::test
