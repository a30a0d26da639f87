#include "nfs_state.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"

#include <algorithm>
#include <iterator>

namespace krgboot {

namespace {

/// "PATH\tCLIENT(OPTIONS)" without the options.
std::string without_options(std::string_view entry) {
  return std::string(entry.substr(0, entry.find('(', std::min(entry.find('\t'), entry.size()))));
}

bool is_by_address(std::string_view client) {
  return client.empty() || client == "*" || client.front() == '@' ||
         client.find_first_not_of("0123456789./") == std::string_view::npos;
}

}  // namespace

NfsEntries exported_now(const Root& root) {
  NfsEntries entries;
  auto text = root.read_file(nfs_etab).value_or("");
  for (auto line : split_lines(text)) entries.insert(without_options(trim(line)));
  return entries;
}

NfsEntries entries_of(const Root& root, const std::vector<std::string>& tables) {
  NfsEntries entries;
  for (const auto& path : tables) {
    auto text = root.read_file(path);
    if (!text) continue;
    auto table = ExportsTable::parse(*text, path);
    for (const auto& entry : table.list()) {
      if (is_by_address(entry.client)) entries.insert(without_options(entry.to_etab()));
    }
  }
  return entries;
}

NfsEntries asked_for(const NfsEntries& there, const NfsEntries& tables) {
  NfsEntries both;
  std::set_intersection(there.begin(), there.end(), tables.begin(), tables.end(),
                        std::inserter(both, both.end()));
  return both;
}

bool cannot_be_exported(const NfsEntries& entries, std::string_view said) {
  for (auto line : split_lines(said)) {
    if (line.find("does not support NFS export") == std::string_view::npos &&
        line.find("requires fsid=") == std::string_view::npos)
      continue;
    for (const auto& entry : entries) {
      auto path = entry.substr(0, entry.find('\t'));
      auto at = line.find(path);
      auto end = at == std::string_view::npos ? at : at + path.size();
      if (end != std::string_view::npos && (end == line.size() || line[end] == ' ')) return true;
    }
  }
  return false;
}

NfsEntries missing_from(const NfsEntries& there, const NfsEntries& wanted) {
  NfsEntries missing;
  std::set_difference(wanted.begin(), wanted.end(), there.begin(), there.end(),
                      std::inserter(missing, missing.end()));
  return missing;
}

}  // namespace krgboot
