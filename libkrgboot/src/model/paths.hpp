#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/path_text.hpp"
#include "model/report.hpp"

namespace krgboot::model {

/// Paths end up in exports, fstab, dhcpd.conf, shell files and kernel command lines. Those could carry a
/// blank or a quote, each in an escape of its own, but the programs that read them on a node (klibc's
/// nfsmount, dracut's and initramfs-tools' scripts) do not undo them all, ',' begins NFS options, ':'
/// separates dracut's fields and the kernel replaces "%s" in nfsroot. So a path has letters, digits and
inline constexpr std::string_view path_punctuation = "._-+@=~";

/// An image's path goes to the nodes as DHCP option 17, "255.255.255.255:PATH", of 255 octets at most (RFC
/// 2132, section 2).
inline constexpr std::size_t longest_image_path = 255 - 16;

/// Reports what is wrong with an absolute path: "path.relative", "path.control", "path.characters",
/// "path.not_normal", "path.too_long". True where nothing is.
bool check_absolute_path(Report& report, std::string_view path, Position at, const std::string& key,
                         std::size_t longest);

/// The same for the path of a file below some directory; an absolute one is "path.absolute".
bool check_relative_path(Report& report, std::string_view path, Position at, const std::string& key,
                         std::size_t longest);

using krgboot::is_within;

/// Reports "path.system_directory" for a directory that cannot be given to nodes, or to TFTP, because the
/// server's own system lives there.
bool check_not_system_directory(Report& report, std::string_view path, Position at, const std::string& key);

}  // namespace krgboot::model
