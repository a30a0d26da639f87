#pragma once

#include "krgboot/apply/apply.hpp"
#include "krgboot/export.hpp"
#include "krgboot/image/configure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

struct ConfigureImageOptions {
  bool adopt = false;  ///< as of ApplyOptions
  LockOptions lock;
  ConfigureOptions programs;  ///< of the steps that run some
};

struct ConfigureImageReport {
  Changes changes;                 ///< of files: what was done
  std::vector<PendingStep> steps;  ///< what programs brought about
  Diagnostics warnings;
};
/// {"changes", "reloads", "findings", "steps"}
KRGBOOT_EXPORT std::string to_json(const ConfigureImageReport& report);

/// Makes the image `name` what `cluster` says of it, and nothing else beneath `root`: first its files, all or
/// nothing as apply does; then its steps, by its own programs; and the files again, since a program may have
/// written to them, until nothing is left to do. A second call changes nothing. Files of the server, kernels'
/// copies among them, are left to apply.
///
/// Throws ArgumentError "image.unknown"; ConflictError "image.missing" where it has not been made, and
/// "configure.pending" where files and programs go on undoing each other; what `apply` and `configure` throw.
/// What was made before that stays.
KRGBOOT_EXPORT ConfigureImageReport configure_image(const Cluster& cluster, const Root& root,
                                                    std::string_view name,
                                                    const ConfigureImageOptions& options = {});

}  // namespace krgboot
