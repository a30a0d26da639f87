#pragma once

#include <string_view>

namespace krgboot {

// Paths as text: nothing here looks at a disk.

/// Is it absolute, without NUL, "//", ".", ".." and without a '/' at the end? "/" itself is not.
bool is_normal_path(std::string_view path) noexcept;

/// Is `path` the same as `directory`, or inside it? Both normal, both absolute or both relative to one place.
bool is_within(std::string_view path, std::string_view directory) noexcept;

/// Is `path` inside `directory`, and not the same?
bool is_beneath(std::string_view path, std::string_view directory) noexcept;

/// "/a" of "/a/b", "" of "/a" and of a name alone.
std::string_view folder_of(std::string_view path) noexcept;
/// "b" of "/a/b".
std::string_view file_name_of(std::string_view path) noexcept;

}  // namespace krgboot
