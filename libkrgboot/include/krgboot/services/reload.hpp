#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// What a program of the boot server does.
enum class ServiceKind {
  dhcp,
  tftp,
  nfs,
  units,  ///< the init system, which mounts file systems of images
};
/// "dhcp", "tftp", "nfs", "systemd".
KRGBOOT_EXPORT std::string to_string(ServiceKind kind);

/// A program that krgboot configures.
struct ServiceName {
  ServiceKind kind = ServiceKind::dhcp;
  std::string program;  ///< the word of the spec: "isc"
  friend auto operator<=>(const ServiceName&, const ServiceName&) = default;
};
/// The kind alone: a server has one program of each.
KRGBOOT_EXPORT std::string to_string(const ServiceName& service);
/// Both, as the journal has them: "dhcp/isc".
KRGBOOT_EXPORT std::string to_journal(const ServiceName& service);
/// The inverse; of a kind alone, as krgboot 0.1 wrote it, the program is the only one that there was. nullopt
/// for a kind or a program that is not in the table of services.
KRGBOOT_EXPORT std::optional<ServiceName> parse_service(std::string_view text);

/// The command by which a service takes up its files on a server of that release; empty: none is needed.
KRGBOOT_EXPORT Argv reload_command(const Release& release, const ServiceName& service);

/// Makes a running service take up its files, if one of `when` changed. Never done on a staged tree.
struct Reload {
  ServiceName service;
  Argv argv;
  std::vector<std::string> when;  ///< paths
  friend bool operator==(const Reload&, const Reload&) = default;
};

}  // namespace krgboot
