#include "directories.hpp"

#include <map>
#include <string>
#include <unordered_set>

#include "base/path_text.hpp"

namespace krgboot {

std::vector<PlanItem> directories_of(const std::vector<PlanItem>& items) {
  std::unordered_set<std::string_view> made;
  std::map<std::string, std::string, std::less<>> found;  // path, origin
  for (const auto& each : items) {
    if (item_of(each).role == Role::directory) made.insert(item_of(each).path);
  }
  for (const auto& each : items) {
    const auto& item = item_of(each);
    if (!item.within.empty()) continue;
    for (auto path = folder_of(item.path); !path.empty(); path = folder_of(path)) {
      if (made.count(path) == 0 && !found.emplace(path, item.origin).second) break;
    }
  }
  std::vector<PlanItem> directories;
  for (auto& [path, origin] : found) directories.emplace_back(MakeDirectory{{Role::directory, path, origin}});
  return directories;
}

}  // namespace krgboot
