#pragma once

#include "krgboot/formats/tftp/hpa/defaults.hpp"

namespace krgboot::test {

inline constexpr auto lenny = TftpdDefaultsStyle::run_daemon;
inline constexpr auto today = TftpdDefaultsStyle::tftp_directory;

}  // namespace krgboot::test
