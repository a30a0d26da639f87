#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"
#include "krgboot/tree/initramfs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Finds out which generator made an initramfs, from the sorted names of its entries (`list_initramfs`).
/// `none`: it has no /init, so the kernel mounts the root itself. nullopt: unknown generator.
KRGBOOT_EXPORT std::optional<Initramfs> maker_of_initramfs(const std::vector<std::string>& names);

}  // namespace krgboot
