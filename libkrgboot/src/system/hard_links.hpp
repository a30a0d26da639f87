#pragma once

#include "krgboot/system/root.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// The names beneath `root` of the file that `status` tells of, `path` first: those that are found in a few
/// hundred thousand names, near ones before far ones. What cannot be read is passed over.
std::vector<std::string> names_of_file(const Root& root, const std::string& path, const FileStatus& status);

}  // namespace krgboot
