#pragma once

#include "krgboot/plan/manifest.hpp"
#include "krgboot/plan/plan.hpp"

#include <string>
#include <vector>

namespace krgboot {

/// What a plan wants that another scope has already.
struct ScopeClash {
  Diagnostic finding;              ///< "scope.clash": names both scopes and what they both want
  std::vector<std::string> paths;  ///< items of the plan that are the other scope's
};

/// One for each scope that the plan clashes with: over files, networks or exports. Directories, equal
/// programs of a loader and edits that do not contradict each other are shared.
std::vector<ScopeClash> find_scope_clashes(const Plan& plan, const Manifest& manifest);

/// The finding for what `plan` and the scope `other` both want.
Diagnostic scope_clash(const Scope& plan, const Manifest& manifest, const std::string& other,
                       std::vector<std::string> what);

}  // namespace krgboot
