#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/process.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// `source` is to be seen at `target`. Both are absolute host paths; `source` must exist, `target` need not:
/// what is missing is there within the sandbox only. A file goes over a file, a directory over a directory.
struct Bind {
  std::filesystem::path source;
  std::filesystem::path target;
  bool read_only = false;
  friend bool operator==(const Bind&, const Bind&) = default;
};

/// A file that is seen at `path`, an absolute host path, within the sandbox only, where it lies in memory;
/// without content a directory, which is empty but for the files that are named to lie in it. What the host
/// has there is covered.
struct MemoryFile {
  std::filesystem::path path;
  std::optional<std::string> content;
  friend bool operator==(const MemoryFile&, const MemoryFile&) = default;
};

struct SandboxResult {
  /// nullopt where the system allows no private mounts.
  std::optional<CommandResult> result;
  /// Why there is no result: one line for a message.
  std::string unavailable;
  /// What the program left in the files that were wanted back, by their paths; no entry for what is no file.
  std::map<std::filesystem::path, std::string> files;
};

/// Runs `argv` as `run` does, but with `binds` (in this order) in a private mount namespace: nobody else sees
/// them, and they are gone when the program ends. Where the caller may not mount, a user namespace is made in
/// which it is root. Throws ArgumentError "sandbox.bind" for paths that are not absolute or a source that is
/// missing or of the wrong kind, and what `run` throws.
KRGBOOT_EXPORT SandboxResult run_with_binds(const std::vector<Bind>& binds,
                                            const std::vector<std::string>& argv,
                                            const RunOptions& options = {});

/// The same with files in memory instead. Used to let daemons' own checkers read scratch files in the place
/// of the system's: `exportfs -ra` with others for /etc/exports, /etc/exports.d and /var/lib/nfs. Nothing is
/// ever on the disk, and nothing is left, whoever is killed. `wanted_back`: paths of files in `files`, or in
/// directories of it. Throws as above, IoError "read" for a result larger than the usual limit.
KRGBOOT_EXPORT SandboxResult run_with_files(const std::vector<MemoryFile>& files,
                                            const std::vector<std::string>& argv,
                                            const RunOptions& options = {},
                                            const std::vector<std::filesystem::path>& wanted_back = {});

}  // namespace krgboot
