#pragma once

#include "krgboot/apply/daemon_checks.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Checks the files of one service before they are put in place. `changed`: current paths of the service's
/// staged files. nullopt: nothing to check.
std::optional<DaemonCheck> check_staged(const Root& root, const Release& release, const ServiceName& service,
                                        const StagedPath& staged, const std::vector<std::string>& changed);

}  // namespace krgboot
