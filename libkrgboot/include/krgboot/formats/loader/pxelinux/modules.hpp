#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace krgboot::pxelinux {

/// The libraries that a COM32 module of syslinux 6 is linked with, and theirs, by its file's name:
/// "vesamenu.c32" needs libutil.c32 and libcom32.c32. Empty for a module that needs none, or that syslinux
/// does not have.
KRGBOOT_EXPORT std::vector<std::string> libraries_of(std::string_view module);

}  // namespace krgboot::pxelinux
