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

/// Where the file that will lie at a path can be read now: the path of its staged copy, or the path itself
/// where it does not change. Both as seen inside the root.
using StagedPath = std::function<std::string(const std::string& path)>;

/// A program's own test of its configuration as it will be, in a private mount namespace where
/// the staged files lie in their places; where the system allows none, on krgboot's own file alone, if that
/// is a whole configuration. nullopt: the program has no such test. Throws CommandError "PROGRAM.check" with
/// what the program said, ConflictError "PROGRAM.refused_before" where it refuses what is there already.
KRGBOOT_EXPORT std::optional<DaemonCheck> check_config(const Root& root, const Release& release,
                                                       const ServiceName& service, const StagedPath& staged);

/// What the same test says against it: "" where the program takes it, nullopt where it has no test, is not
/// installed or the system allows no such namespace.
KRGBOOT_EXPORT std::optional<std::string> config_refusal(const Root& root, const Release& release,
                                                         const ServiceName& service,
                                                         const StagedPath& staged);

/// What exportfs makes of tables.
struct ExportfsAnswer {
  DaemonCheck check;              ///< `ran`: it was asked
  std::vector<std::string> argv;  ///< of the program
  int status = 0;                 ///< of the program
  std::size_t taken = 0;          ///< entries that it has put into its table
  std::size_t expected = 0;       ///< entries of the files: one for each path and client
  std::string said;               ///< without directories that are not there
};

/// Asks the real `exportfs -ra` about `files` (paths of exports tables as seen inside the root) alone, with
/// files in memory over /etc/exports, /etc/exports.d and /var/lib/nfs, so that neither kernel nor host see
/// anything of it.
KRGBOOT_EXPORT ExportfsAnswer ask_exportfs(const Root& root, const std::vector<std::string>& files);

/// The same for krgboot's own tables. Passes when the table that it writes has an entry for each one in the
/// files: the first bad entry would end a file, and exportfs tells nobody but by its exit status. Throws
/// CommandError "exportfs.check".
KRGBOOT_EXPORT DaemonCheck check_exportfs(const Root& root, const std::vector<std::string>& files);

}  // namespace krgboot
