#include "scope_clashes.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot {

namespace {

/// "cluster a (/srv/a.yaml)", or "a" if its file is not known.
std::string shown(const Scope& scope) {
  return scope.source.empty() ? in_quotes(scope.name)
                              : fmt::format("{} ({})", in_quotes(scope.name), visible(scope.source));
}

/// Can both edits be applied to one file?
bool can_share(const Edit& one, const Edit& other) {
  if (one == other) return true;
  const auto* line = std::get_if<IncludeLine>(&one);
  const auto* other_line = std::get_if<IncludeLine>(&other);
  if (line != nullptr && other_line != nullptr) return line->path != other_line->path;
  const auto* block = std::get_if<MarkedBlock>(&one);
  const auto* other_block = std::get_if<MarkedBlock>(&other);
  return block != nullptr && other_block != nullptr && block->name != other_block->name;
}

bool can_share(const PlanItem& item, const Owned& other) {
  if (std::holds_alternative<MakeDirectory>(item)) return other.kind == Owned::Kind::directory;
  if (const auto* edit = std::get_if<EditFile>(&item))
    return other.kind == Owned::Kind::edit && can_share(edit->edit, edit_of(other));
  // If both scopes serve the same TFTP directory the files are equal; otherwise `diff` reports it.
  if (std::holds_alternative<WriteFile>(item) && item_of(item).role == Role::tftp && other.role == Role::tftp)
    return true;
  // Both are copies of a file of the same package.
  return std::holds_alternative<CopyFile>(item) && item_of(item).role == Role::loader &&
         other.role == Role::loader;
}

class Clashes {
 public:
  Clashes(const Plan& plan, const Manifest& manifest) : plan_(plan), manifest_(manifest) {}

  std::vector<ScopeClash> result() {
    files();
    for (const auto& other : manifest_.scopes) {
      if (other.name == plan_.scope.name) continue;
      networks(other);
      exports(other);
    }
    std::vector<ScopeClash> clashes;
    for (auto& [scope, found] : found_)
      clashes.push_back(
          {scope_clash(plan_.scope, manifest_, scope, std::move(found.what)), std::move(found.paths)});
    return clashes;
  }

 private:
  struct Found {
    std::vector<std::string> what;
    std::vector<std::string> paths;
  };

  void files() {
    std::unordered_map<std::string_view, const PlanItem*> items;
    for (const auto& item : plan_.items) items.emplace(item_of(item).path, &item);
    for (const auto& entry : manifest_.entries) {
      if (is_of_scope(entry, plan_.scope.name)) continue;
      auto item = items.find(entry.path);
      if (item == items.end() || can_share(*item->second, entry)) continue;
      auto& found = found_[entry.scope];
      found.what.push_back(entry.path);
      found.paths.push_back(entry.path);
    }
  }

  void networks(const Scope& other) {
    for (const auto& network : plan_.scope.networks) {
      auto overlaps = [&](const Ipv4Network& theirs) { return theirs.overlaps(network); };
      auto theirs = std::find_if(other.networks.begin(), other.networks.end(), overlaps);
      if (theirs == other.networks.end()) continue;
      found_[other.name].what.push_back(
          *theirs == network
              ? fmt::format("the network {}", network.to_string())
              : fmt::format("addresses of {} and {}", network.to_string(), theirs->to_string()));
    }
  }

  void exports(const Scope& other) {
    for (const auto& path : plan_.scope.exports) {
      if (std::find(other.exports.begin(), other.exports.end(), path) != other.exports.end())
        found_[other.name].what.push_back(fmt::format("the export of {}", path));
    }
  }

  const Plan& plan_;
  const Manifest& manifest_;
  std::map<std::string, Found> found_;  // by scope name
};

}  // namespace

Diagnostic scope_clash(const Scope& plan, const Manifest& manifest, const std::string& other,
                       std::vector<std::string> what) {
  constexpr std::size_t most = 5;
  auto count = what.size();
  what.resize(std::min(count, most));
  auto list = fmt::format("{}", fmt::join(what, ", "));
  if (count > most) list += fmt::format(" and {} more", count - most);
  const auto* known = manifest.find_scope(other);
  return {
      Severity::error,
      "scope.clash",
      fmt::format("{} and {} both want {}", shown(plan), known == nullptr ? in_quotes(other) : shown(*known),
                  list),
      "two clusters on one server need networks, images and boot files of their own, and only one of them a "
      "default_boot",
      "cluster.name",
      {}};
}

std::vector<ScopeClash> find_scope_clashes(const Plan& plan, const Manifest& manifest) {
  return Clashes(plan, manifest).result();
}

}  // namespace krgboot
