#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// Tasks of the programs on the boot server.
enum class ServiceKind {
  dhcp,
  tftp,
  nfs,
  units,  ///< the init system, which mounts the file systems of images
};
/// "dhcp", "tftp", "nfs", "systemd".
KRGBOOT_EXPORT std::string to_string(ServiceKind kind);

/// A program that krgboot configures.
struct ServiceName {
  ServiceKind kind = ServiceKind::dhcp;
  std::string program;  ///< its name in the spec: "isc"
  friend auto operator<=>(const ServiceName&, const ServiceName&) = default;
};
/// The kind alone, because a server has one program of each kind.
KRGBOOT_EXPORT std::string to_string(const ServiceName& service);
/// Kind and program, as in the journal: "dhcp/isc".
KRGBOOT_EXPORT std::string to_journal(const ServiceName& service);
/// Reads the result of `to_journal`. For a kind alone, as krgboot 0.1 wrote it, the program is the one that
/// krgboot 0.1 supported. nullopt for an unknown kind or program.
KRGBOOT_EXPORT std::optional<ServiceName> parse_service(std::string_view text);

/// The command that makes a service read its files again on a server of that release; empty: not needed.
/// Throws InternalError for an unknown service.
KRGBOOT_EXPORT Argv reload_command(const Release& release, const ServiceName& service);

/// Makes a running service read its files again if a path in `when` has changed. Not done for a staged tree.
struct Reload {
  ServiceName service;
  Argv argv;
  std::vector<std::string> when;  ///< paths inside the root
  friend bool operator==(const Reload&, const Reload&) = default;
};

}  // namespace krgboot
