#include "check.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace krgboot::exports {

namespace {

/// "192.168.0.1", or "everyone".
std::string who(const std::string& client) {
  return Client::parse(client).kind() == ClientKind::anonymous ? "everyone" : client;
}

}  // namespace

Diagnostics check_entry(const Entry& entry) {
  Diagnostics found;
  auto say = [&](Severity severity, std::string code, std::string message, std::string hint = "") {
    found.push_back(
        {severity, std::move(code), std::move(message), std::move(hint), entry.path, entry.where});
  };
  if (auto problem = path_problem(entry.path)) {
    auto severity = normal_path(entry.path).substr(0, 1) == "/" ? Severity::error : Severity::warning;
    say(severity, "exports.path",
        fmt::format("the path {} cannot be mounted: {}", in_quotes(entry.path), *problem));
  }
  auto client = Client::parse(entry.client);
  if (auto problem = client.problem()) say(problem->severity, problem->code, problem->message, problem->hint);
  auto access = entry.effective.access(Flavor::sys);
  if (client.kind() == ClientKind::anonymous && access && !access->read_only && !access->root_squash &&
      !access->all_squash) {
    say(Severity::warning, "exports.open_root", fmt::format("every machine may write {} as root", entry.path),
        "name the nodes' addresses");
  }
  // mountd reads etab with the same reader and the same limit that exportfs uses for the file.
  auto in_etab = entry.client.size() + entry.effective.to_etab().size() + 2;
  if (in_etab > max_client_length) {
    say(Severity::error, "exports.etab_too_long",
        fmt::format(
            "with all its options this entry has {} bytes in exportfs's table, and mountd stops reading "
            "there",
            in_etab),
        fmt::format("{} at most; shorten the longest option", max_client_length));
  }
  return found;
}

Diagnostics check_together(const EntryList& entries) {
  Diagnostics found;
  std::map<std::tuple<std::string, ClientKind, std::string>, const Entry*> seen;
  std::map<std::uint32_t, const Entry*> by_fsid;
  std::set<std::pair<std::uint32_t, std::string>> told;
  for (const Entry& entry : entries) {
    auto path = normal_path(entry.path);
    auto kind = Client::parse(entry.client).kind();
    auto [first, is_new] = seen.emplace(std::tuple(path, kind, to_lower(entry.client)), &entry);
    if (!is_new) {
      auto same = first->second->effective == entry.effective;
      found.push_back({Severity::error, "exports.duplicate",
                       fmt::format("{} is exported to {} twice; exportfs takes the first{}, and fails", path,
                                   who(entry.client), same ? "" : ", which has other options"),
                       fmt::format("the first is at {}", first->second->where.to_string()), path,
                       entry.where});
      continue;
    }
    auto fsid = entry.effective.fsid();
    if (!fsid) continue;
    const auto* other = by_fsid.emplace(*fsid, &entry).first->second;
    auto other_path = normal_path(other->path);
    if (other_path == path || !told.emplace(*fsid, path).second) continue;
    found.push_back({Severity::warning, "exports.duplicate_fsid",
                     *fsid == 0
                         ? fmt::format("{} and {} both are the root of NFSv4 (fsid=0)", other_path, path)
                         : fmt::format("{} and {} both have fsid={}", other_path, path, *fsid),
                     fmt::format("the first is at {}", other->where.to_string()), path, entry.where});
  }
  return found;
}

}  // namespace krgboot::exports
