#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// The names in a directory of an image, in ascending order; empty if it is no directory. Throws IoError.
std::vector<std::string> names_in(const Root& image, const std::string& directory);

/// The text of a configuration file of an image; nullopt if it is no regular file: a symlink to /dev/null
/// masks a file of the distribution. Throws IoError.
std::optional<std::string> text_of(const Root& image, const std::string& path);

}  // namespace krgboot
