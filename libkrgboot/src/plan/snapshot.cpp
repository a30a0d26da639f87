#include "krgboot/plan/snapshot.hpp"

#include "krgboot/base/error.hpp"

#include <unordered_set>

namespace krgboot {

std::string to_string(PathKind kind) {
  switch (kind) {
    case PathKind::absent:
      return "missing path";
    case PathKind::file:
      return "file";
    case PathKind::directory:
      return "directory";
    case PathKind::symlink:
      return "symbolic link";
    case PathKind::other:
      return "device, socket or pipe";
  }
  throw InternalError("a kind of path without a name");
}

std::vector<std::size_t> leftovers_of(const Manifest& manifest, const Plan& plan) {
  std::unordered_set<std::string_view> planned;
  planned.reserve(plan.items.size());
  for (const auto& item : plan.items) planned.insert(item_of(item).path);
  std::vector<std::size_t> leftovers;
  for (std::size_t i = 0; i < manifest.entries.size(); ++i) {
    const auto& owned = manifest.entries[i];
    if (is_of_scope(owned, plan.scope.name) && planned.count(owned.path) == 0) leftovers.push_back(i);
  }
  return leftovers;
}

}  // namespace krgboot
