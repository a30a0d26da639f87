#pragma once

#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

// The state directory holds the lock, the journal and the manifest, which control what a command does to a
// tree. So it is used only if no user but root and the caller can have written it.

namespace krgboot {

/// Throws ConflictError "state.foreign" if the file belongs neither to root nor to the effective user,
/// "state.writable" if users other than its owner can write to it.
void require_own(const FileStatus& status, const std::string& host_path);

/// Opens `path` for reading, following symlinks within `root`; empty if it does not exist. Throws the errors
/// of `require_own`, and IoError.
FileDescriptor open_state_directory(const Root& root, const std::string& path);

/// The content of a file in the state directory; nullopt if it does not exist. Throws the errors of
/// `require_own` for directory and file, and IoError "read" as Root::read_file does.
std::optional<std::string> read_state_file(const Root& root, const std::string& name,
                                           const std::string& state_directory = default_state_directory);

}  // namespace krgboot
