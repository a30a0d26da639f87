#include "krgboot/model/defaults.hpp"

#include <fmt/format.h>

#include "model/addresses.hpp"
#include "model/names.hpp"
#include "model/paths.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

// PATH_MAX on the server.
constexpr std::size_t longest_path = 4095;

void check_tftp_root(ClusterBuilder& cluster, const std::string& path, Position at) {
  const std::string key = "server.tftp_root";
  auto& report = cluster.report;
  if (!check_absolute_path(report, path, at, key, longest_path)) return;
  if (!check_not_system_directory(report, path, at, key)) return;
  cluster.tftp_root = path;
  // systemd.exec(5): ProtectHome= hides /home, /root and /run/user, PrivateTmp= hides /tmp and /var/tmp.
  for (std::string_view hidden : {"/home", "/root", "/tmp", "/var/tmp"}) {
    if (is_within(path, hidden)) {
      report.warning(
          at, key, "server.tftp_root_hidden",
          fmt::format("a TFTP daemon whose unit has ProtectHome and PrivateTmp cannot see {}", path),
          fmt::format("use a directory outside {}, such as {}", hidden, defaults::tftp_root));
      return;
    }
  }
}

}  // namespace

void check_server(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec.server;
  auto& report = cluster.report;

  bool complete = cluster.require(spec.name, "server", "name");
  complete = cluster.require(spec.address, "server", "address") && complete;
  complete = cluster.require(spec.release, "server", "release") && complete;

  if (spec.name) {
    if (auto fault = host_name_fault(*spec.name, cluster.domain)) {
      report.error(spec.name.at, "server.name", fault->code, fault->message, fault->hint);
    }
  }
  if (spec.address && !can_be_a_host(*spec.address)) {
    report.error(spec.address.at, "server.address", "server.address_not_host",
                 fmt::format("{} cannot be the address of a machine", spec.address->to_string()));
  }
  std::string tftp_root = spec.tftp_root.value_or(std::string(defaults::tftp_root));
  check_tftp_root(cluster, tftp_root, spec.tftp_root.at);

  if (!complete) return;
  cluster.server.emplace(Server{*spec.name, *spec.address, *spec.release, std::move(tftp_root),
                                spec.dhcp.value_or(cluster.programs.dhcp),
                                spec.tftp.value_or(cluster.programs.tftp),
                                spec.nfs.value_or(cluster.programs.nfs), values(spec.extra)});
}

}  // namespace krgboot::model
