#pragma once

#include "krgboot/apply/apply.hpp"

namespace krgboot {

/// `apply` for one who holds the lock, has seen to interrupted applies, and made `proposal` just now.
ApplyReport apply_locked(const Proposal& proposal, const ApplyOptions& options);

}  // namespace krgboot
