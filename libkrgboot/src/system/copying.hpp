#pragma once

#include <string>

#include "reading.hpp"

namespace krgboot {

/// Copies the rest of `from` to `to`: in the kernel if possible, with shared blocks if the file system
/// supports them, otherwise through memory. Throws IoError "read", "write" or "copy".
void copy_bytes(int from, const std::string& from_path, int to, const std::string& to_path);

}  // namespace krgboot
