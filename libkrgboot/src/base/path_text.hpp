#pragma once

#include <string_view>

namespace krgboot {

// Paths as text: nothing here accesses the file system.

/// Is the path absolute, without NUL, "//", "." and "..", and without a trailing '/'? False for "/" itself.
bool is_normal_path(std::string_view path) noexcept;

/// Is `path` equal to `directory` or below it? Both must be normal, and both absolute or both relative to the
/// same directory.
bool is_within(std::string_view path, std::string_view directory) noexcept;

/// Is `path` below `directory`, and not equal to it?
bool is_beneath(std::string_view path, std::string_view directory) noexcept;

/// Directory part of a path: "/a" for "/a/b", "" for "/a" and for a bare name.
std::string_view folder_of(std::string_view path) noexcept;
/// Last component of a path: "b" for "/a/b".
std::string_view file_name_of(std::string_view path) noexcept;

}  // namespace krgboot
