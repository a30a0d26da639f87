#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/process.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Shows `source` at `target`. Both are absolute host paths. `source` must exist; missing parts of `target`
/// are created inside the sandbox only. A file covers a file, a directory covers a directory.
struct Bind {
  std::filesystem::path source;
  std::filesystem::path target;
  bool read_only = false;
  friend bool operator==(const Bind&, const Bind&) = default;
};

/// A file in memory at `path`, an absolute host path, visible inside the sandbox only. Without `content` it
/// is a directory, empty except for the MemoryFiles below it. It covers the host's file at that path.
struct MemoryFile {
  std::filesystem::path path;
  std::optional<std::string> content;
  friend bool operator==(const MemoryFile&, const MemoryFile&) = default;
};

/// How a program in a sandbox ended.
struct SandboxResult {
  /// nullopt if the system does not allow private mounts.
  std::optional<CommandResult> result;
  /// Why there is no result: one line for a message.
  std::string unavailable;
  /// Final contents of the files of `wanted_back`, by path; no entry for a path that is not a regular file.
  std::map<std::filesystem::path, std::string> files;
};

/// Runs `argv` as `run` does, but with `binds` (mounted in this order) in a private mount namespace. No other
/// process sees the mounts, and they disappear when the program ends. If the caller may not mount, the
/// program runs in a user namespace in which the caller is root. Throws ArgumentError "sandbox.bind" for a
/// path that is not absolute, or a source that is missing or has the wrong type; what `run` throws.
KRGBOOT_EXPORT SandboxResult run_with_binds(const std::vector<Bind>& binds,
                                            const std::vector<std::string>& argv,
                                            const RunOptions& options = {});

/// Like `run_with_binds`, but with files in memory. It lets a daemon's checker read other files in place of
/// the system's: `exportfs -ra` with its own /etc/exports, /etc/exports.d and /var/lib/nfs. Nothing is
/// written to the disk, and nothing is left after a kill. `wanted_back`: paths in `files`, or in their
/// directories, whose contents are returned. Throws as above, and IoError "read" for a result larger than
/// `default_read_limit`.
KRGBOOT_EXPORT SandboxResult run_with_files(const std::vector<MemoryFile>& files,
                                            const std::vector<std::string>& argv,
                                            const RunOptions& options = {},
                                            const std::vector<std::filesystem::path>& wanted_back = {});

}  // namespace krgboot
