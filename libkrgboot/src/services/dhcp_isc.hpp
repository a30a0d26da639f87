#pragma once

#include "services/service.hpp"

namespace krgboot {

/// ISC dhcpd: dhcpd.conf(5), dhcpd(8).
const DhcpService& dhcp_isc();

}  // namespace krgboot
