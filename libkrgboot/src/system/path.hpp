#pragma once

#include <string>
#include <string_view>

namespace krgboot {

/// Throws ArgumentError "path.syntax" unless `path` is absolute and clean: no NUL, no empty component, no "."
/// and no "..". "/" is valid.
void check_path(std::string_view path);

/// Throws ArgumentError "path.name" unless `name` is one component of a path.
void check_name(std::string_view name);

/// `directory` + "/" + `name`, where `directory` may be "/".
std::string joined_path(std::string_view directory, std::string_view name);

}  // namespace krgboot
