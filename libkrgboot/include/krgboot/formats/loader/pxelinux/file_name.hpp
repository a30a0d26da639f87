#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot::pxelinux {

/// A file as a boot file names it: "FILE", "::FILE", "SERVER::FILE" or "SCHEME://SERVER/FILE".
struct FileName {
  std::optional<std::string> scheme;  ///< of a URL, in lower case
  std::optional<std::string> server;  ///< nullopt: the one that pxelinux came from
  std::string path;
  bool whole = false;  ///< no prefix goes before the path

  /// Does TFTP bring it?
  bool by_tftp() const { return !scheme || *scheme == "tftp"; }
};

/// As pxelinux 6 reads a name (doc/pxelinux.txt, core/fs/pxe/urlparse.c). Any text is one.
KRGBOOT_EXPORT FileName parse_file_name(std::string_view text);

}  // namespace krgboot::pxelinux
