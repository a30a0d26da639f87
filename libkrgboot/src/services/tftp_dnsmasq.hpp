#pragma once

#include "services/service.hpp"

namespace krgboot {

/// dnsmasq(8) as a TFTP server only, without DNS and DHCP.
const TftpService& tftp_dnsmasq();

}  // namespace krgboot
