#pragma once

#include <string>
#include <string_view>

namespace krgboot::dhcpcd_conf {

/// Does a dhcpcd.conf(5) say of all cards that dhcpcd leaves them as they are when it stops? Only lines
/// before the first one of interface, ssid or profile are of all cards.
bool is_persistent(std::string_view text);

/// The file with a line that says so at its beginning.
std::string with_persistent(std::string_view text);

}  // namespace krgboot::dhcpcd_conf
