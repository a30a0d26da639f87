#pragma once

#include "krgboot/apply/apply.hpp"

#include <functional>

namespace krgboot {

/// Of the findings, the errors that these options do not allow: with any of them apply writes nothing.
Diagnostics findings_in_the_way(const Changes& changes, const ApplyOptions& options);

/// Would machines boot into a hole? Every other finding is somebody else's, and is never overridden.
bool is_missing(const Diagnostic& finding);
/// Would machines boot what has not been tried in the order that the guide advises?
bool is_too_early(const Diagnostic& finding);

/// The report of a dry run. `apply` does it; a ConflictError, CommandError, ArchiveError or IoError that it
/// throws goes into `stopped_by`. `changes`: what apply has to do, as
/// `apply` has found it.
ApplyReport rehearsed(const Changes& changes, const ApplyOptions& options,
                      const std::function<ApplyReport()>& apply);

}  // namespace krgboot
