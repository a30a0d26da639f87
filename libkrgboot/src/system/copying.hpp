#pragma once

#include <string>

#include "reading.hpp"

namespace krgboot {

/// Does this errno of ioctl(FICLONE) or copy_file_range(2) mean that the bytes must be copied in another way:
/// two file systems, a file system or pseudo file without the call, an old kernel?
bool copies_otherwise(int error_number) noexcept;

/// Copies the rest of `from` to `to`: in the kernel if possible, with shared blocks if the file system
/// supports them, otherwise through memory. Throws IoError "read", "write" or "copy".
void copy_bytes(int from, const std::string& from_path, int to, const std::string& to_path);

}  // namespace krgboot
