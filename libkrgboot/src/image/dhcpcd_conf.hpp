#pragma once

#include <string>
#include <string_view>

namespace krgboot::dhcpcd_conf {

/// Does a dhcpcd.conf(5) set `persistent` for all cards, so that dhcpcd leaves them configured when it stops?
/// Only lines before the first interface, ssid or profile line apply to all cards.
bool is_persistent(std::string_view text);

/// The text with `persistent` added at its beginning.
std::string with_persistent(std::string_view text);

}  // namespace krgboot::dhcpcd_conf
