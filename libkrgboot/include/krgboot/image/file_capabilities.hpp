#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Programs of an image that have capabilities(7) of their own, by path, ascending: those in the directories
/// where packages put programs, and eight directories deep below them, among 100 000 files at most. A node
/// whose root is mounted over NFS does not see them, for NFS carries no attribute of the kind security.*, and
/// the program does what it can without. Passed over is what goes away meanwhile, and what this process may
/// not enter. Throws IoError.
KRGBOOT_EXPORT std::vector<std::string> programs_with_capabilities(const Root& image);

/// The warning that names them; nullopt where there is none.
KRGBOOT_EXPORT std::optional<Diagnostic> capabilities_finding(const std::vector<std::string>& programs);

}  // namespace krgboot
