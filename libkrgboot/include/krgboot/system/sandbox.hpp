#pragma once

#include "krgboot/system/process.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// `source` is to be seen at `target`. Both are absolute host paths; `source` must exist, `target` need not:
/// what is missing is there within the sandbox only. A file goes over a file, a directory over a directory.
struct Bind {
  std::string source;
  std::string target;
  bool read_only = false;
  friend bool operator==(const Bind&, const Bind&) = default;
};

struct SandboxResult {
  /// nullopt where the system allows no private mounts.
  std::optional<CommandResult> result;
  /// Why there is no result: one line for a message.
  std::string unavailable;
};

/// Runs `argv` as `run` does, but with `binds` (in this order) in a private mount namespace: nobody else sees
/// them, and they are gone when the program ends. Where the caller may not mount, a user namespace is made in
/// which it is root. Used to let daemons' own checkers read scratch files in the place of the system's:
/// `exportfs -ra` with scratch directories over /etc/exports, /etc/exports.d and /var/lib/nfs.
/// Throws ArgumentError "sandbox.bind" for paths that are not absolute or a source that is missing or of the
/// wrong kind, and what `run` throws.
SandboxResult run_with_binds(const std::vector<Bind>& binds, const std::vector<std::string>& argv,
                             const RunOptions& options = {});

}  // namespace krgboot
