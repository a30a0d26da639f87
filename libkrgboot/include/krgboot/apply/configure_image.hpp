#pragma once

#include "krgboot/apply/apply.hpp"
#include "krgboot/export.hpp"
#include "krgboot/image/configure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// What `configure_image` may do.
struct ConfigureImageOptions {
  bool adopt = false;  ///< see ApplyOptions
  LockOptions lock;
  ConfigureOptions programs;  ///< for the steps that run programs
};

/// What `configure_image` has done.
struct ConfigureImageReport {
  Changes changes;                 ///< the changes of files
  std::vector<PendingStep> steps;  ///< the steps done
  Diagnostics warnings;
};
/// `{"changes", "reloads", "findings", "steps"}` and the other fields of Changes; "findings" are the
/// warnings.
KRGBOOT_EXPORT std::string to_json(const ConfigureImageReport& report);

/// Brings the image `name` into the state that `cluster` describes, and changes nothing else in `root`:
/// writes its files, all or none as `apply` does; then runs its steps with its own programs; then writes the
/// files again, because a program may have changed them, until nothing is left to do. A second call changes
/// nothing. Files of the server, including copies of kernels, are left to `apply`.
///
/// Throws ArgumentError "image.unknown" if the spec has no such image; ConflictError "image.missing" if it
/// has not been made, "configure.pending" if files and programs keep changing each other; what `apply` and
/// `configure` throw. Changes made before an exception stay.
KRGBOOT_EXPORT ConfigureImageReport configure_image(const Cluster& cluster, const Root& root,
                                                    std::string_view name,
                                                    const ConfigureImageOptions& options = {});

}  // namespace krgboot
