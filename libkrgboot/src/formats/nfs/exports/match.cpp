#include "krgboot/formats/nfs/exports/match.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "check.hpp"

namespace krgboot::exports {

namespace {

/// The exports of one path. Hosts and subnets given by address are found without a search through all
/// clients.
struct Exported {
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> hosts;
  std::map<std::uint32_t, std::unordered_map<std::uint32_t, std::vector<std::size_t>>> subnets;  // by mask
  std::vector<std::size_t> others;
};

}  // namespace

std::string to_string(Admission admission) {
  switch (admission) {
    case Admission::refused:
      return "refused";
    case Admission::allowed:
      return "allowed";
    case Admission::unknown:
      return "unknown";
  }
  throw InternalError("an admission without a name");
}

struct ExportsView::Index {
  std::vector<ExportsTable> tables;
  MatchContext context;
  std::vector<const Entry*> entries;  // in the order read; points into tables
  std::vector<Client> clients;
  std::unordered_map<std::string, Exported> paths;

  std::string real(const std::string& path) const {
    if (context.real_path) {
      if (auto real = context.real_path(path)) return normal_path(*real);
    }
    return normal_path(path);
  }

  void add(const Entry& entry) {
    auto number = entries.size();
    entries.push_back(&entry);
    clients.push_back(Client::parse(entry.client));
    const auto& client = clients.back();
    auto& here = paths[real(entry.path)];
    auto by_address = client.address().has_value() && !client.is_broken();
    if (by_address && client.kind() == ClientKind::host) {
      here.hosts[client.address()->bits()].push_back(number);
    } else if (by_address) {
      here.subnets[client.mask()][client.address()->bits() & client.mask()].push_back(number);
    } else {
      here.others.push_back(number);
    }
  }

  /// The entries of one path that match or may match, in the order of nfs-utils.
  std::vector<std::pair<std::size_t, Matching>> matches(const Exported& here, Ipv4Address address) const {
    std::vector<std::pair<std::size_t, Matching>> found;
    auto take = [&](const std::vector<std::size_t>& numbers) {
      for (auto number : numbers) found.emplace_back(number, Matching::yes);
    };
    if (auto host = here.hosts.find(address.bits()); host != here.hosts.end()) take(host->second);
    for (const auto& [mask, networks] : here.subnets) {
      if (auto network = networks.find(address.bits() & mask); network != networks.end())
        take(network->second);
    }
    for (auto number : here.others) {
      auto matching = clients[number].match(address, context.names_of);
      if (matching != Matching::no) found.emplace_back(number, matching);
    }
    std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
      return std::pair(clients[a.first].kind(), a.first) < std::pair(clients[b.first].kind(), b.first);
    });
    return found;
  }
};

ExportsView::ExportsView(std::vector<ExportsTable> tables, MatchContext context) {
  auto index = std::make_shared<Index>();
  index->tables = std::move(tables);
  index->context = std::move(context);
  for (const auto& table : index->tables) {
    for (const auto& entry : table.list()) index->add(entry);
  }
  index_ = std::move(index);
}

const std::vector<ExportsTable>& ExportsView::tables() const noexcept {
  return index_->tables;
}

Diagnostics ExportsView::diagnostics() const {
  Diagnostics found;
  EntryList all;
  for (const auto& table : index_->tables) {
    const auto& own = table.reading_diagnostics();
    found.insert(found.end(), own.begin(), own.end());
    all.insert(all.end(), table.list().begin(), table.list().end());
  }
  auto together = check_together(all);
  found.insert(found.end(), together.begin(), together.end());
  return found;
}

Verdict ExportsView::would_allow(Ipv4Address address, std::string_view path) const {
  Verdict verdict;
  verdict.address = address;
  verdict.path = path;
  auto here = index_->real(verdict.path);
  if (here.empty() || here.front() != '/') return verdict;  // mountd refuses it without a lookup
  for (;;) {
    if (auto exported = index_->paths.find(here); exported != index_->paths.end()) {
      auto found = index_->matches(exported->second, address);
      auto decisive = std::find_if(found.begin(), found.end(),
                                   [](const auto& match) { return match.second == Matching::yes; });
      for (auto match = found.begin(); match != found.end(); ++match) {
        if (match->second == Matching::by_name && match < decisive) verdict.certain = false;
        verdict.considered.push_back({*index_->entries[match->first], match->second, match == decisive});
      }
      if (decisive != found.end()) {
        const auto& entry = *index_->entries[decisive->first];
        verdict.entry = entry;
        verdict.exported_path = here;
        auto access = entry.effective.access(Flavor::sys);
        verdict.admission = access ? Admission::allowed : Admission::refused;
        if (access) {
          verdict.read_only = access->read_only;
          verdict.root_squash = access->root_squash;
          verdict.all_squash = access->all_squash;
        }
        return verdict;
      }
      if (found.empty()) verdict.closed.push_back(here);
    }
    if (here == "/") break;
    auto slash = here.rfind('/');
    here.resize(slash == 0 ? 1 : slash);
  }
  if (!verdict.considered.empty()) verdict.admission = Admission::unknown;
  return verdict;
}

Verdict would_allow(const ExportsTable& table, Ipv4Address address, std::string_view path,
                    MatchContext context) {
  return ExportsView({table}, std::move(context)).would_allow(address, path);
}

namespace {

std::string described(const Entry& entry) {
  auto kind = Client::parse(entry.client).kind();
  auto where = entry.where.to_string();
  return fmt::format("{} to {} ({}), {}", in_quotes(entry.path),
                     entry.client.empty() ? "no client named" : in_quotes(entry.client),
                     kind == ClientKind::anonymous ? "everyone" : exports::to_string(kind), where);
}

std::string rights(const Verdict& verdict) {
  return fmt::format("{}, {}", verdict.read_only ? "read-only" : "read-write",
                     verdict.all_squash    ? "every user becomes anonymous"
                     : verdict.root_squash ? "root becomes anonymous"
                                           : "root stays root");
}

std::string headline(const Verdict& verdict) {
  auto who = verdict.address.to_string();
  auto what = in_quotes(verdict.path);
  switch (verdict.admission) {
    case Admission::allowed:
      return fmt::format("{} may mount {}: {}", who, what, rights(verdict));
    case Admission::unknown:
      return fmt::format("{} may mount {} only if a client known by name admits it", who, what);
    case Admission::refused:
      break;
  }
  if (verdict.entry) return fmt::format("{} may not mount {}: its export wants Kerberos (sec=)", who, what);
  return fmt::format("{} may not mount {}", who, what);
}

}  // namespace

std::string Verdict::explain() const {
  std::vector<std::string> lines{headline(*this)};
  if (entry && exported_path != normal_path(path)) {
    lines.push_back(
        fmt::format("the export is {}, which must be in the same file system", in_quotes(exported_path)));
  }
  for (const auto& directory : closed) {
    lines.push_back(fmt::format("{} is exported, but not to this address", in_quotes(directory)));
  }
  std::optional<ClientKind> winner;
  for (std::size_t i = 0; i < considered.size(); ++i) {
    const auto& one = considered[i];
    auto kind = Client::parse(one.entry.client).kind();
    std::string why;
    if (one.decides) {
      winner = kind;
      why = "decides: the first that matches";
    } else if (one.matching == Matching::by_name) {
      why = "not known: depends on the host's name";
    } else {
      why = winner == kind ? "matches, but comes later" : "matches, but its kind comes later";
    }
    lines.push_back(fmt::format("{}. {}: {}", i + 1, described(one.entry), why));
  }
  if (considered.empty() && closed.empty())
    lines.emplace_back("neither it nor a directory above it is exported");
  if (entry && !certain)
    lines.emplace_back("a client known by name comes before it and could decide otherwise");
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + harmless(line, LineCount::one);
  return text;
}

bool is_drop_in(std::string_view name) noexcept {
  constexpr std::string_view suffix = ".exports";
  return name.size() > suffix.size() && name.front() != '.' &&
         name.substr(name.size() - suffix.size()) == suffix;
}

std::vector<std::string> sort_drop_ins(std::vector<std::string> names) {
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return strverscmp(a.c_str(), b.c_str()) < 0; });
  return names;
}

}  // namespace krgboot::exports
