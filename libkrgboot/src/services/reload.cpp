#include "krgboot/services/reload.hpp"

#include "krgboot/base/error.hpp"

#include <fmt/format.h>

#include "services/services.hpp"

namespace krgboot {

std::string to_string(ServiceKind kind) {
  switch (kind) {
    case ServiceKind::dhcp:
      return "dhcp";
    case ServiceKind::tftp:
      return "tftp";
    case ServiceKind::nfs:
      return "nfs";
    case ServiceKind::units:
      return "systemd";
  }
  throw InternalError("a kind of service without a name");
}

std::string to_string(const ServiceName& service) {
  return to_string(service.kind);
}

std::string to_journal(const ServiceName& service) {
  return fmt::format("{}/{}", to_string(service.kind), service.program);
}

std::optional<ServiceName> parse_service(std::string_view text) {
  for (const auto* service : all_services()) {
    auto name = service->service_name();
    if (text == to_journal(name)) return name;
  }
  // krgboot 0.1 wrote only the kind; it knew only the first service of each kind.
  for (const auto* service : all_services()) {
    if (text == to_string(service->kind())) return service->service_name();
  }
  return std::nullopt;
}

Argv reload_command(const Release& release, const ServiceName& service) {
  return service_named(service).reload(release);
}

}  // namespace krgboot
