#pragma once

#include "krgboot/apply/daemon_checks.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// The check of one service's files before they are put in place. `changed`: the paths of the service's
/// staged files, where they lie now. nullopt: there is nothing to check.
std::optional<DaemonCheck> check_staged(const Root& root, const Release& release, const ServiceName& service,
                                        const StagedPath& staged, const std::vector<std::string>& changed);

}  // namespace krgboot
