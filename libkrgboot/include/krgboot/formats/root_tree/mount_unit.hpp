#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The systemd.mount(5) unit with which the server mounts an image's own file system.
namespace krgboot::mount_unit {

/// File name of the unit for a mount point (a host path), as `systemd-escape --path --suffix=mount` makes it
/// (systemd.unit(5), "String escaping for inclusion in unit names"): `/srv/nfs/debian-12` becomes
/// `srv-nfs-debian\x2d12.mount`. Throws ArgumentError "mount_unit.path" for "/", for a path that is not
/// absolute and normal, and for one whose unit name would exceed 255 bytes, the limit of systemd.
KRGBOOT_EXPORT std::string name(std::string_view path);

/// The inverse of name(): the mount point of a unit. nullopt: it is not the name of a mount unit as
/// systemd-escape makes it.
KRGBOOT_EXPORT std::optional<std::string> parse_name(std::string_view file_name);

/// Host path of the unit file of an image. Throws as name().
KRGBOOT_EXPORT std::string path(const Image& image);
/// Host path of the symlink that makes the NFS server want the unit. Throws as name().
KRGBOOT_EXPORT std::string link_path(const Image& image);
inline constexpr std::string_view folder = "/etc/systemd/system";
inline constexpr std::string_view wants_folder = "/etc/systemd/system/nfs-server.service.wants";

/// Text of the unit of an image with its own file system. nfs-server.service wants the unit and starts after
/// it. Together with `mountpoint=` in the exports, a failed mount prevents only the export of its own image.
/// Throws InternalError for an image without its own file system.
KRGBOOT_EXPORT std::string render(const Image& image);

}  // namespace krgboot::mount_unit
