#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// A name that TFTP asks for, as a path inside the directory that the daemon is chrooted to; empty where it
/// has no such path.
std::string as_tftp_path(std::string_view name);

/// How in.tftpd reads files.
struct TftpReader {
  bool permissive = false;  ///< --permissive: what others may read is not asked for
  bool is_root = false;     ///< --user root
};

/// Why in.tftpd would not hand a file out.
struct NotServed {
  std::string why;
  bool sure = true;  ///< false: the daemon's user may own it, or be in its group
};

/// nullopt: in.tftpd hands this file out of `tftp`, the directory that it serves. It wants files that others
/// may read, and enters directories with its own user's rights (tftp-hpa 5.2, validate_access()).
std::optional<NotServed> not_served(const Root& tftp, const std::string& name, TftpReader reader);

}  // namespace krgboot
