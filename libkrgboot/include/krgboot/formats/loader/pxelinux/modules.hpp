#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace krgboot::pxelinux {

/// File names of the libraries that a COM32 module of syslinux 6.04 needs, indirect ones included:
/// "libutil.c32" and "libcom32.c32" for "vesamenu.c32". `module`: its file name or path. Empty for a module
/// that needs no library, and for an unknown one.
KRGBOOT_EXPORT std::vector<std::string> libraries_of(std::string_view module);

}  // namespace krgboot::pxelinux
