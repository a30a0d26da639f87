#include "dpkg_status.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

namespace krgboot {

namespace {

/// Adds the names of a list such as "mail-transport-agent, httpd (= 2.4)".
void add_names(std::set<std::string, std::less<>>& names, std::string_view list) {
  for (auto part : split(list, ',')) {
    auto name = trim(part);
    name = name.substr(0, name.find_first_of(" (:"));
    if (!name.empty()) names.emplace(name);
  }
}

struct Stanza {
  std::string_view package;
  std::string_view status;
  std::string_view version;
  std::string_view architecture;
  std::string_view provides;
};

void add(DpkgStatus& found, const Stanza& stanza) {
  if (stanza.package.empty()) return;
  // "install ok installed": the wanted state, the error flag, the current state.
  auto state = stanza.status.substr(stanza.status.find_last_of(' ') + 1);  // npos + 1 is 0
  if (state == "installed") {
    found.installed.insert_or_assign(
        std::string(stanza.package),
        DebianPackage{std::string(stanza.version), std::string(stanza.architecture)});
    add_names(found.provided, stanza.provides);
  } else if (state != "config-files" && state != "not-installed") {
    found.unfinished.emplace(stanza.package);
  }
}

bool take(std::string_view line, std::string_view field, std::string_view& value) {
  if (line.substr(0, field.size()) != field) return false;
  value = trim(line.substr(field.size()));
  return true;
}

}  // namespace

bool DpkgStatus::has(std::string_view package) const {
  return installed.count(package) != 0 || provided.count(package) != 0;
}

std::optional<DpkgStatus> read_dpkg_status(const Root& image) {
  constexpr std::size_t largest_status = std::size_t{32} << 20U;
  auto text = image.read_through_links("/var/lib/dpkg/status", largest_status);
  if (!text) return std::nullopt;
  DpkgStatus found;
  Stanza stanza;
  std::string_view rest = text->bytes;
  while (!rest.empty()) {
    auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) {
      add(found, stanza);
      stanza = {};
      continue;
    }
    take(line, "Package:", stanza.package) || take(line, "Status:", stanza.status) ||
        take(line, "Version:", stanza.version) || take(line, "Architecture:", stanza.architecture) ||
        take(line, "Provides:", stanza.provides);
  }
  add(found, stanza);
  // Changes that dpkg has noted but not yet written into the status file; see modstatdb_init in dpkg's
  // sources.
  auto notes = image.list_directory("/var/lib/dpkg/updates").value_or(std::vector<std::string>{});
  found.interrupted = !found.unfinished.empty() || !notes.empty();
  return found;
}

}  // namespace krgboot
