#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The systemd.mount(5) unit by which the server mounts an image's own file system.
namespace krgboot::mount_unit {

/// Its name for a mount point, as `systemd-escape --path --suffix=mount` makes it (systemd.unit(5), "String
/// escaping for inclusion in unit names"): "/srv/nfs/debian-12" becomes "srv-nfs-debian\\x2d12.mount". Throws
/// ArgumentError "mount_unit.path" for a path that is not absolute and normal, or "/", and for one whose name
/// would be longer than the 255 bytes that systemd takes.
KRGBOOT_EXPORT std::string name(std::string_view path);

/// The mount point that a unit of this name has; nullopt for any other name, also for one that systemd would
/// have escaped otherwise.
KRGBOOT_EXPORT std::optional<std::string> parse_name(std::string_view file_name);

/// Where its file lies, and the link by which the NFS server wants it.
KRGBOOT_EXPORT std::string path(const Image& image);
KRGBOOT_EXPORT std::string link_path(const Image& image);
inline constexpr std::string_view folder = "/etc/systemd/system";
inline constexpr std::string_view wants_folder = "/etc/systemd/system/nfs-server.service.wants";

/// The unit of an image that has a file system of its own. It is wanted by nfs-server.service, and ordered
/// before it: with `mountpoint=` in the exports, one that cannot be mounted keeps only its own image from
/// being exported. Throws InternalError for an image without one.
KRGBOOT_EXPORT std::string render(const Image& image);

}  // namespace krgboot::mount_unit
