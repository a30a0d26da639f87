#pragma once

#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// The names beneath `root` of the file with this `status`, `path` first. The search ends after a few hundred
/// thousand names and starts near `path`. Unreadable directories are skipped.
std::vector<std::string> names_of_file(const Root& root, const std::string& path, const FileStatus& status);

}  // namespace krgboot
