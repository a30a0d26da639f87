#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/path_text.hpp"
#include "model/report.hpp"

namespace krgboot::model {

/// Paths are written to exports, fstab, dhcpd.conf, shell files and kernel command lines. Each of these could
/// escape a blank or a quote, but the programs that read them on a node (klibc's nfsmount, the scripts of
/// dracut and initramfs-tools) do not undo every escape; ',' begins NFS options, ':' separates dracut's
/// fields, and the kernel replaces "%s" in nfsroot. So a path may contain only letters, digits and these
/// characters.
inline constexpr std::string_view path_punctuation = "._-+@=~";

/// DHCP option 17 sends an image's path to the nodes as "255.255.255.255:PATH", 255 octets at most (RFC 2132,
/// section 2).
inline constexpr std::size_t longest_image_path = 255 - 16;

/// Reports what is wrong with an absolute path: "path.relative", "path.control", "path.characters",
/// "path.not_normal", "path.too_long". True if the path is valid.
bool check_absolute_path(Report& report, std::string_view path, Position at, const std::string& key,
                         std::size_t longest);

/// The same for the path of a file below a directory; an absolute path is reported as "path.absolute".
bool check_relative_path(Report& report, std::string_view path, Position at, const std::string& key,
                         std::size_t longest);

using krgboot::is_within;

/// Reports "path.system_directory" for a directory that holds the server's own system, which must not be
/// exported to nodes or served by TFTP.
bool check_not_system_directory(Report& report, std::string_view path, Position at, const std::string& key);

}  // namespace krgboot::model
