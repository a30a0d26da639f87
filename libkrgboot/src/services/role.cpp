#include "krgboot/services/role.hpp"

#include "krgboot/base/error.hpp"

#include <utility>

namespace krgboot {

namespace {

constexpr std::pair<Role, std::string_view> role_names[] = {
    {Role::dhcp, "dhcp"},
    {Role::tftp, "tftp"},
    {Role::exports, "exports"},
    {Role::loader, "loader"},
    {Role::boot_file, "boot_file"},
    {Role::kernel, "kernel"},
    {Role::mount_unit, "mount_unit"},
    {Role::image_file, "image_file"},
    {Role::other, "other"},
    {Role::directory, "directory"},
    // Names that krgboot 0.1 wrote into manifests.
    {Role::dhcp, "dhcpd_conf"},
    {Role::tftp, "tftpd_conf"},
};

}  // namespace

std::string to_string(Role role) {
  for (const auto& [known, name] : role_names) {
    if (known == role) return std::string(name);
  }
  throw InternalError("a role without a name");
}

std::optional<Role> parse_role(std::string_view text) noexcept {
  for (const auto& [role, name] : role_names) {
    if (name == text) return role;
  }
  return std::nullopt;
}

}  // namespace krgboot
