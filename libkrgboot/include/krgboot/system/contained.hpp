#pragma once

#include "krgboot/system/process.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// Runs `argv` as `run` does, in PID, mount, UTS and IPC namespaces of its own, but with the host's files:
/// for a program that mounts and starts others, as mmdebstrap and debootstrap do. When it ends, and also when
/// the calling process is killed, everything that it has started dies and everything that it has mounted is
/// gone. The program keeps root's rights, and has no controlling terminal. Throws IoError "contain" where the
/// system allows no such namespaces, and what `run` throws.
CommandResult run_contained(const std::vector<std::string>& argv, const RunOptions& options = {});

}  // namespace krgboot
