#pragma once

#include "krgboot/net/ipv4.hpp"

namespace krgboot::model {

/// Can a machine of a cluster have this address? Excluded are "this network" (0.0.0.0/8), loopback
/// (127.0.0.0/8), multicast and the reserved addresses above it (RFC 6890; from 224.0.0.0 up).
constexpr bool can_be_a_host(Ipv4Address address) noexcept {
  auto first = address.bits() >> 24U;
  return first != 0 && first != 127 && first < 224;
}

/// Is `address` the network address or the broadcast address of `network`? A /31 (RFC 3021) and a /32 have
/// neither.
inline bool is_reserved_in(Ipv4Address address, const Ipv4Network& network) noexcept {
  return network.prefix_length() <= 30 && (address == network.network() || address == network.broadcast());
}

}  // namespace krgboot::model
