#pragma once

#include <string>

namespace krgboot {

/// Has the file capabilities(7) of its own? One that has gone meanwhile has none. Throws IoError.
bool has_capabilities(int directory, const std::string& name, const std::string& host_path);

}  // namespace krgboot
