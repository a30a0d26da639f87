#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// The names in a directory of an image, ascending; none where there is no directory. Throws IoError.
std::vector<std::string> names_in(const Root& image, const std::string& directory);

/// A text by which a service of an image is set up; nullopt for what is no file: /dev/null switches a file of
/// the distribution's off. Throws IoError.
std::optional<std::string> text_of(const Root& image, const std::string& path);

}  // namespace krgboot
