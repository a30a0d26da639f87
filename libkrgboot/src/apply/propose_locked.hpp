#pragma once

#include "krgboot/apply/proposal.hpp"

namespace krgboot {

/// `propose` for a caller that has already recovered interrupted applies.
Proposal propose_locked(const ServerView& view, const Root& root, const DiffOptions& options);

}  // namespace krgboot
