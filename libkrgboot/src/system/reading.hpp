#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

// Reads regular files only, and touches no others: see opening.hpp.

namespace krgboot {

struct OpenedFile {
  FileDescriptor descriptor;
  FileStatus status;
};

/// Opens `name` in `directory` for reading. nullopt: the name does not exist. Throws IoError "read" (see
/// Root::read_file).
std::optional<OpenedFile> open_regular_at(int directory, const std::string& name,
                                          const std::string& host_path);
/// The same for a path beneath `root`.
std::optional<OpenedFile> open_regular(const Root& root, const std::string& path, LastLink last);

/// Reads to the end of the file. Throws IoError "read".
FileContent read_all(int descriptor, const FileStatus& status, std::size_t max_size,
                     const std::string& host_path);

/// Are the remaining contents of both files equal? Throws IoError "read".
bool same_bytes(int a, const std::string& a_path, int b, const std::string& b_path);

/// readlinkat; an empty `name` means the descriptor itself. nullopt for ENOENT; throws IoError "readlink".
std::optional<std::string> link_target(int directory, const std::string& name, const std::string& host_path);

}  // namespace krgboot
