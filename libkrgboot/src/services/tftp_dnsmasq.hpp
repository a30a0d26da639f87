#pragma once

#include "services/service.hpp"

namespace krgboot {

/// dnsmasq(8) as TFTP server alone, without DNS and DHCP.
const TftpService& tftp_dnsmasq();

}  // namespace krgboot
