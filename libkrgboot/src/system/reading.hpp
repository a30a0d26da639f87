#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

// How regular files are read, and nothing else is touched: see opening.hpp.

namespace krgboot {

struct OpenedFile {
  FileDescriptor descriptor;
  FileStatus status;
};

/// Opens `name` in `directory` for reading. nullopt: nothing of that name. Throws IoError "read" (see
/// Root::read_file).
std::optional<OpenedFile> open_regular_at(int directory, const std::string& name,
                                          const std::string& host_path);
/// The same for a path beneath `root`.
std::optional<OpenedFile> open_regular(const Root& root, const std::string& path, LastLink last);

/// Reads to the end. Throws IoError "read".
FileContent read_all(int descriptor, const FileStatus& status, std::size_t max_size,
                     const std::string& host_path);

/// Are the rests of both files the same? Throws IoError "read".
bool same_bytes(int a, const std::string& a_path, int b, const std::string& b_path);

/// readlinkat; `name` empty: of the descriptor itself. nullopt for ENOENT; throws IoError "readlink".
std::optional<std::string> link_target(int directory, const std::string& name, const std::string& host_path);

}  // namespace krgboot
