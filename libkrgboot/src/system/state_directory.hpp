#pragma once

#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

// The state directory, with the lock, the journal and the manifest, says what a command does to a tree before
// it looks at anything else. So it counts only where nobody but root and the caller can have written it.

namespace krgboot {

/// Throws ConflictError "state.foreign" where a file belongs neither to root nor to the effective user,
/// "state.writable" where others than its owner can write it.
void require_own(const FileStatus& status, const std::string& host_path);

/// Opens `path`, links within `root` followed, for reading; empty where there is none. Throws what
/// `require_own` does, and IoError.
FileDescriptor open_state_directory(const Root& root, const std::string& path);

/// The bytes of a file in it; nullopt where there is none. Throws what `require_own` does of either, and
/// IoError "read" as Root::read_file does.
std::optional<std::string> read_state_file(const Root& root, const std::string& name,
                                           const std::string& state_directory = default_state_directory);

}  // namespace krgboot
