#pragma once

#include "krgboot/plan/manifest.hpp"
#include "krgboot/plan/plan.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// A conflict of the plan with another scope.
struct ScopeClash {
  Diagnostic finding;              ///< "scope.clash": names both scopes and the contested resources
  std::vector<std::string> paths;  ///< paths of plan items that belong to the other scope
};

/// One clash for each scope that conflicts with the plan over files, networks or exports. Scopes share
/// directories, equal loader programs and edits that do not contradict each other.
std::vector<ScopeClash> find_scope_clashes(const Plan& plan, const Manifest& manifest);

/// The finding that `plan` and the scope `other` both want `what`.
Diagnostic scope_clash(const Scope& plan, const Manifest& manifest, const std::string& other,
                       std::vector<std::string> what);

}  // namespace krgboot
