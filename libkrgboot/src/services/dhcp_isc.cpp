#include "services/dhcp_isc.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/dhcp/isc/hosts.hpp"
#include "krgboot/formats/dhcp/isc/render.hpp"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "base/path_text.hpp"
#include "formats/dhcp/isc/statement_lines.hpp"
#include "model/cluster_builder.hpp"
#include "model/names.hpp"
#include "services/dhcp_isc_configuration.hpp"
#include "services/extra_lines.hpp"

namespace krgboot {

namespace {

/// The properties that differ between Debian releases.
struct ReleaseFacts {
  std::string package;
  std::string conf;  ///< the admin's file
  std::string own;   ///< krgboot's own file, included from it
  Argv restart;      ///< dhcpd does not reload
  bool is_older;     ///< older than 4.4, whose rules krgboot uses to read dhcpd.conf
};

const ReleaseFacts& facts(ReleaseName release) {
  static const ReleaseFacts lenny{"dhcp3-server",
                                  "/etc/dhcp3/dhcpd.conf",
                                  "/etc/dhcp3/krgboot.conf",
                                  {"/etc/init.d/dhcp3-server", "restart"},
                                  true};
  static const ReleaseFacts modern{"isc-dhcp-server",
                                   "/etc/dhcp/dhcpd.conf",
                                   // Its AppArmor profile lets dhcpd read /etc/dhcp/**.
                                   "/etc/dhcp/krgboot.conf",
                                   {"systemctl", "restart", "isc-dhcp-server.service"},
                                   false};
  return release == ReleaseName::lenny ? lenny : modern;
}

/// "/etc/dhcp/krgboot-CLUSTER.conf" beside "/etc/dhcp/krgboot.conf".
std::string file_of_cluster(const std::string& own, const std::string& cluster) {
  auto dot = own.rfind('.');
  return fmt::format("{}-{}{}", own.substr(0, dot), cluster, own.substr(dot));
}

/// Is `path` the file of any cluster?
bool is_of_cluster(std::string_view own, std::string_view path) {
  auto dot = own.rfind('.');
  auto start = own.substr(0, dot);
  auto end = own.substr(dot);
  if (!path.starts_with(start) || !path.ends_with(end) || path.size() < start.size() + end.size() + 2)
    return false;
  auto name = path.substr(start.size(), path.size() - start.size() - end.size());
  return name.front() == '-' && model::is_label(name.substr(1));
}

/// The file of the hosts without a cluster. '_' is in no name of a cluster.
std::string hosts_file_of(const ReleaseFacts& facts) {
  return fmt::format("{}/krgboot_hosts.conf", folder_of(facts.own));
}

/// The first cluster of a server gets krgboot.conf; every other cluster gets a file named after it.
std::string own_file(const ReleaseFacts& facts, const std::string& cluster, const ServerState& state) {
  auto named = file_of_cluster(facts.own, cluster);
  return state.taken.count(facts.own) != 0 || state.owned.count(named) != 0 ? named : facts.own;
}

/// Each list must consist of whole statements, because an incomplete one would swallow what krgboot writes
/// after it. Only dhcpd checks what the statements say.
void check_lines(ClusterBuilder& cluster, const ListField<std::string>& field, const std::string& key) {
  if (!field || field->empty()) return;
  const auto& lines = *field;
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!check_control(cluster.report, lines[i], extra_key(key, i))) return;
    text += lines[i].value + '\n';
  }
  for (const auto& found : dhcpd::check_statements(std::move(text))) {
    auto line = std::clamp<std::size_t>(found.where.position.line, 1, lines.size()) - 1;
    auto at = lines[line].at;
    // After an error the meaning of the rest is uncertain.
    if (found.severity == Severity::error)
      return cluster.report.error(at, extra_key(key, line), found.code, found.message, found.hint);
    cluster.report.warning(at, extra_key(key, line), found.code, found.message, found.hint);
  }
}

bool begins_with_one_of(std::string_view line, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](auto start) { return line.starts_with(start); });
}

/// Removes the banner before dhcpd's error messages and the text after them.
std::string without_banner(std::string_view output) {
  std::string text;
  for (auto line : split_lines(output)) {
    if (begins_with_one_of(line, {"Configuration file errors encountered", "If you think you have"})) break;
    auto is_banner =
        begins_with_one_of(line, {"Internet Systems Consortium", "Copyright", "All rights reserved",
                                  "For info, please", "Config file:", "Database file:", "PID file:"});
    if (!is_banner && !trim(line).empty()) text += line;
  }
  return text;
}

class DhcpIsc : public DhcpService {
 public:
  std::string_view name() const noexcept override { return "isc"; }

  void check(ClusterBuilder& cluster) const override {
    check_lines(cluster, cluster.spec.server.extra, "server.extra");
    for (std::size_t i = 0; i < cluster.spec.networks.size(); ++i)
      check_lines(cluster, cluster.spec.networks[i].extra, fmt::format("networks[{}].extra", i));
  }

  std::vector<PlanItem> items(const ServerView& view, const ServerState& state) const override {
    const auto& of = facts(view.server.release);
    // A boot ROM and the system that it boots use different client identifiers (RFC 2131). If dhcpd used
    // them, one machine would take two addresses, and its address and name would change during the boot.
    auto text = dhcpd::render(view, {.ignores_client_uids = !of.is_older});
    auto own = own_file(of, view.cluster.name(), state);
    return {WriteFile{{Role::dhcp, own, "networks"}, std::move(text)},
            EditFile{{Role::dhcp, of.conf, "server.dhcp"}, IncludeLine{own}}};
  }

  bool owns(Role role, std::string_view path) const noexcept override {
    const auto& all = releases();
    return role == Role::dhcp && std::any_of(all.begin(), all.end(), [&](const Release& release) {
             const auto& own = facts(release.name).own;
             return path == own || is_of_cluster(own, path) || path == hosts_file_of(facts(release.name));
           });
  }

  std::string hosts_file(const Release& release) const override { return hosts_file_of(facts(release.name)); }
  std::string with_host(std::string_view text, const DhcpHost& host) const override {
    constexpr std::string_view header =
        "# Hosts that krgboot was given one by one. dhcpd.conf includes this file.\n\n";
    return dhcpd::with_host(text.empty() ? header : text, host);
  }
  std::string without_host(std::string_view text, const HostName& name) const override {
    return dhcpd::without_host(text, name);
  }
  std::vector<PlanItem> hosts_items(const Release& release, std::string text) const override {
    if (dhcpd::host_names(text).empty()) return {};
    auto path = hosts_file(release);
    return {WriteFile{{Role::dhcp, path}, std::move(text)},
            EditFile{{Role::dhcp, config_file(release)}, IncludeLine{path}}};
  }

  Argv reload(const Release& release) const override { return facts(release.name).restart; }
  std::string config_file(const Release& release) const override { return facts(release.name).conf; }

  std::optional<ConfigCheck> config_check(const Release& release) const override {
    const auto& of = facts(release.name);
    return ConfigCheck{.name = "dhcpd",
                       .program = "dhcpd",
                       .package = of.package,
                       .arguments = {"-t", "-cf", of.conf, "-lf", "/dev/null"},
                       .file = of.conf,
                       .folder = std::string(folder_of(of.conf)),
                       .own_file_is_whole = true,
                       .newer_than_server = of.is_older,
                       .complaints = without_banner};
  }

  ConfigTexts config_texts(const Release& release, const FileReader& read) const override {
    return read_dhcpd_conf(facts(release.name).conf, read).texts;
  }

  std::unique_ptr<DhcpConfiguration> configuration(const Release& release,
                                                   const FileReader& read) const override {
    const auto& of = facts(release.name);
    auto files = read_dhcpd_conf(of.conf, read);
    if (!files.configuration) return nullptr;
    return std::make_unique<DhcpIscConfiguration>(*std::move(files.configuration), of.is_older,
                                                  release.version);
  }
};

}  // namespace

const DhcpService& dhcp_isc() {
  static const DhcpIsc service;
  return service;
}

}  // namespace krgboot
