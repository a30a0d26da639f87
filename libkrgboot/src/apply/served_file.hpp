#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// A name that TFTP asks for, as a path inside the directory that the daemon is chrooted to; empty where it
/// has no such path.
std::string as_tftp_path(std::string_view name);

/// Why in.tftpd would not hand a file out.
struct NotServed {
  std::string why;
  bool by_mode = false;  ///< others may not read it, which in.tftpd asks for unless --permissive
};

/// nullopt: in.tftpd hands this file out of `tftp`, the directory that it serves.
std::optional<NotServed> not_served(const Root& tftp, const std::string& name);

}  // namespace krgboot
