#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Paths of the programs in an image that have file capabilities (capabilities(7)), ascending. The
/// directories in which packages install programs are searched, up to eight levels deep and up to 100 000
/// files. NFS does not carry extended attributes of the class "security", so a node with its root on NFS runs
/// these programs without their capabilities. Files that vanish meanwhile, and directories that this process
/// may not enter, are skipped. Throws IoError.
KRGBOOT_EXPORT std::vector<std::string> programs_with_capabilities(const Root& image);

/// The warning "image.file_capabilities" that names these programs; nullopt if there are none.
KRGBOOT_EXPORT std::optional<Diagnostic> capabilities_finding(const std::vector<std::string>& programs);

}  // namespace krgboot
