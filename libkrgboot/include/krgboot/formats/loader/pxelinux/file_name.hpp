#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot::pxelinux {

/// The name of a file in a boot file: a path, or a path behind two colons, behind a
/// server and two colons, or in a URL.
struct FileName {
  std::optional<std::string> scheme;  ///< of a URL, in lower case
  std::optional<std::string> server;  ///< nullopt: the server that pxelinux was loaded from
  std::string path;
  bool whole = false;  ///< pxelinux does not prepend its path prefix

  /// Does pxelinux load the file by TFTP?
  bool by_tftp() const { return !scheme || *scheme == "tftp"; }
};

/// Parses a file name as pxelinux 6 does (`doc/pxelinux.txt`, `core/fs/pxe/urlparse.c`). Any text is a name.
KRGBOOT_EXPORT FileName parse_file_name(std::string_view text);

}  // namespace krgboot::pxelinux
