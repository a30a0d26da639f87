#pragma once

#include "services/service.hpp"

namespace krgboot {

/// in.tftpd(8) of tftp-hpa.
const TftpService& tftp_hpa();

}  // namespace krgboot
