#pragma once

#include "krgboot/apply/apply.hpp"

namespace krgboot {

/// `apply` for a caller that holds the lock, has recovered interrupted applies, and has just made `proposal`.
ApplyReport apply_locked(const Proposal& proposal, const ApplyOptions& options);

}  // namespace krgboot
