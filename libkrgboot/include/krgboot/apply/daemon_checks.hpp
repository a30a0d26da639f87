#pragma once

#include "krgboot/apply/apply.hpp"
#include "krgboot/export.hpp"
#include "krgboot/services/reload.hpp"
#include "krgboot/system/root.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Returns the current path of a file: that of its staged copy, or `path` itself if the file does not change.
/// Both are paths inside the root.
using StagedPath = std::function<std::string(const std::string& path)>;

/// Runs a program's own test on its new configuration, in a private mount namespace in which the staged files
/// are at their final paths. If the system does not allow such a namespace, it tests krgboot's own file
/// alone, provided that this file is a complete configuration. nullopt: the program has no test. Throws
/// CommandError "PROGRAM.check" with the program's messages; ConflictError "PROGRAM.refused_before" if it
/// refuses the existing configuration too; IoError.
KRGBOOT_EXPORT std::optional<DaemonCheck> check_config(const Root& root, const Release& release,
                                                       const ServiceName& service, const StagedPath& staged);

/// The messages of the same test: "" if the program accepts the configuration; nullopt if it has no test or
/// is not installed, or if the system does not allow the namespace. Throws IoError.
KRGBOOT_EXPORT std::optional<std::string> config_refusal(const Root& root, const Release& release,
                                                         const ServiceName& service,
                                                         const StagedPath& staged);

/// Result of `ask_exportfs`.
struct ExportfsAnswer {
  DaemonCheck check;              ///< `ran`: exportfs has run
  std::vector<std::string> argv;  ///< command that was run
  int status = 0;                 ///< its exit status
  std::size_t taken = 0;          ///< entries in the table that exportfs has written
  std::size_t expected = 0;       ///< entries in the files: one for each path and client
  std::string said;               ///< its output without the lines about missing directories
};

/// Runs `exportfs -ra` on `files` (paths of exports tables inside the root) alone. Files in memory cover
/// /etc/exports, /etc/exports.d and /var/lib/nfs, so neither the kernel nor the host is affected. Throws
/// IoError.
KRGBOOT_EXPORT ExportfsAnswer ask_exportfs(const Root& root, const std::vector<std::string>& files);

/// Checks krgboot's own tables with `ask_exportfs`. The check passes if exportfs writes an entry for each
/// entry of the files and reports nothing; a bad entry would end the reading of its file, which only the exit
/// status shows. Throws CommandError "exportfs.check"; IoError.
KRGBOOT_EXPORT DaemonCheck check_exportfs(const Root& root, const std::vector<std::string>& files);

}  // namespace krgboot
