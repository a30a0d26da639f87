#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"
#include "krgboot/tree/initramfs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Whose /init starts from an initial RAM file system of these names, sorted; `none`: it has no /init, and
/// the kernel goes on by itself; nullopt: somebody else's.
KRGBOOT_EXPORT std::optional<Initramfs> maker_of_initramfs(const std::vector<std::string>& names);

}  // namespace krgboot
