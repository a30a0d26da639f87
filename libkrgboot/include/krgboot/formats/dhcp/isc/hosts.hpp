#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/dhcp_host.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace krgboot::dhcpd {

/// The host declaration of a machine, dhcpd.conf(5), with a newline at its end. Throws ConfigError if `extra`
/// is not a list of whole statements, because an incomplete one would swallow what follows; ArgumentError
/// "extra.control" for a control character in it, and as quote().
KRGBOOT_EXPORT std::string render(const DhcpHost& host);

/// The names of the hosts that `text`, the content of a dhcpd.conf, declares at top level, in the order of
/// the file. Throws ConfigError if `text` has a syntax error.
KRGBOOT_EXPORT std::vector<std::string> host_names(std::string_view text);

/// Returns `text` with this declaration in the place of the one with the same name; a new one is appended.
/// Every other byte is kept. Throws as render() and host_names().
KRGBOOT_EXPORT std::string with_host(std::string_view text, const DhcpHost& host);

/// Returns `text` without the declaration of this name at top level; every other byte is kept. Throws as
/// host_names().
KRGBOOT_EXPORT std::string without_host(std::string_view text, const HostName& name);

}  // namespace krgboot::dhcpd
