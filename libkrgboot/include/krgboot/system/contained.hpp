#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace krgboot {

/// What a contained program may use.
struct ContainOptions {
  /// Directories of the host that stay writable, while all others become read-only. Empty: nothing becomes
  /// read-only.
  std::vector<std::filesystem::path> only_writable = {};
  bool network = true;  ///< use the host's network; false: no network
};

/// Runs `argv` as `run` does, but in PID, mount, UTS and IPC namespaces of its own, with the host's files:
/// for programs that mount file systems and start processes, such as mmdebstrap and debootstrap. When it
/// ends, or when the calling process is killed, all processes that it has started are killed and its mounts
/// disappear. The program has root's rights and no controlling terminal. Requires root. Throws IoError
/// "contain" if the system does not allow such namespaces (read-only mounts require Linux 5.12); what `run`
/// throws.
KRGBOOT_EXPORT CommandResult run_contained(const std::vector<std::string>& argv,
                                           const RunOptions& options = {},
                                           const ContainOptions& contain = {});

}  // namespace krgboot
