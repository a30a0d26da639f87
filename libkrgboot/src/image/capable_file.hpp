#pragma once

#include <string>

namespace krgboot {

/// Does the file have file capabilities (capabilities(7))? False for a file that no longer exists. Throws
/// IoError.
bool has_capabilities(int directory, const std::string& name, const std::string& host_path);

}  // namespace krgboot
