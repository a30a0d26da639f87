#pragma once

#include "krgboot/apply/proposal.hpp"

namespace krgboot {

/// `propose` for one who has seen to interrupted applies already.
Proposal propose_locked(const ServerView& view, const Root& root, const DiffOptions& options);

}  // namespace krgboot
