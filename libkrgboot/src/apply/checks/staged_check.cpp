#include "staged_check.hpp"

namespace krgboot {

std::optional<DaemonCheck> check_staged(const Root& root, const Release& release, const ServiceName& service,
                                        const StagedPath& staged, const std::vector<std::string>& changed) {
  if (service.kind != ServiceKind::nfs) return check_config(root, release, service, staged);
  if (changed.empty()) return std::nullopt;
  return check_exportfs(root, changed);
}

}  // namespace krgboot
