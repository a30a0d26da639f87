#pragma once

#include "krgboot/apply/apply.hpp"

#include <functional>

namespace krgboot {

/// The errors among the findings that these options do not allow; if there are any, apply writes nothing.
Diagnostics findings_in_the_way(const Changes& changes, const ApplyOptions& options);

/// Does the finding mean that machines would lack files to boot? --allow-missing overrides these findings,
/// but never those on foreign files.
bool is_missing(const Diagnostic& finding);
/// Does a foreign file lie at a path of the plan?
bool is_foreign(const Diagnostic& finding);
/// Would machines boot a kernel before it was tried in the order that the guide recommends?
bool is_too_early(const Diagnostic& finding);

/// The report of a dry run, which `apply` carries out. A ConflictError, CommandError, ArchiveError or IoError
/// of it goes into `stopped_by`. `changes`: the changes that `apply` has found to be necessary.
ApplyReport rehearsed(const Changes& changes, const ApplyOptions& options,
                      const std::function<ApplyReport()>& apply);

}  // namespace krgboot
