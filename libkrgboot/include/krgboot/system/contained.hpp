#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace krgboot {

struct ContainOptions {
  /// Host directories. Not empty: nothing else of the host's file systems can be written.
  std::vector<std::filesystem::path> only_writable = {};
  bool network = true;  ///< the host's; else none
};

/// Runs `argv` as `run` does, in PID, mount, UTS and IPC namespaces of its own, but with the host's files:
/// for a program that mounts and starts others, as mmdebstrap and debootstrap do. When it ends, and also when
/// the calling process is killed, everything that it has started dies and everything that it has mounted is
/// gone. The program keeps root's rights, and has no controlling terminal. Throws IoError "contain" where the
/// system allows no such namespaces (read-only mounts take Linux 5.12), and what `run` throws.
KRGBOOT_EXPORT CommandResult run_contained(const std::vector<std::string>& argv,
                                           const RunOptions& options = {},
                                           const ContainOptions& contain = {});

}  // namespace krgboot
