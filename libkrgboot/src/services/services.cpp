#include "services/services.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/path_text.hpp"
#include "services/dhcp_isc.hpp"
#include "services/loader_pxelinux.hpp"
#include "services/nfs_kernel.hpp"
#include "services/systemd_units.hpp"
#include "services/tftp_dnsmasq.hpp"
#include "services/tftp_hpa.hpp"

namespace krgboot {

const std::vector<const DhcpService*>& dhcp_services() {
  static const std::vector<const DhcpService*> table = {&dhcp_isc()};
  return table;
}

const std::vector<const TftpService*>& tftp_services() {
  static const std::vector<const TftpService*> table = {&tftp_hpa(), &tftp_dnsmasq()};
  return table;
}

const std::vector<const NfsService*>& nfs_services() {
  static const std::vector<const NfsService*> table = {&nfs_kernel()};
  return table;
}

const std::vector<const Loader*>& loaders() {
  static const std::vector<const Loader*> table = {&loader_pxelinux()};
  return table;
}

const Service& units_service() {
  return systemd_units();
}

namespace {

template <class Part>
const Part* find_named(const std::vector<const Part*>& table, std::string_view name) {
  auto found =
      std::find_if(table.begin(), table.end(), [&](const Part* part) { return part->name() == name; });
  return found == table.end() ? nullptr : *found;
}

template <class Part>
std::vector<std::string> words_of(const std::vector<const Part*>& table) {
  std::vector<std::string> words;
  for (const auto* part : table) words.emplace_back(part->name());
  words.emplace_back(no_program);
  return words;
}

std::vector<const ServerPart*> parts(std::string_view dhcp, std::string_view tftp, std::string_view nfs) {
  std::vector<const ServerPart*> found;
  auto add = [&](const ServerPart* part) {
    if (part != nullptr) found.push_back(part);
  };
  add(find_named(dhcp_services(), dhcp));
  add(find_named(tftp_services(), tftp));
  for (const auto* loader : loaders()) add(loader);
  add(find_named(nfs_services(), nfs));
  add(&units_service());
  return found;
}

}  // namespace

const std::vector<const Service*>& all_services() {
  static const auto table = [] {
    std::vector<const Service*> all;
    for (const auto* service : dhcp_services()) all.push_back(service);
    for (const auto* service : tftp_services()) all.push_back(service);
    all.push_back(&units_service());  // before NFS, which exports the file systems that they mount
    for (const auto* service : nfs_services()) all.push_back(service);
    return all;
  }();
  return table;
}

std::vector<const ServerPart*> parts_of(const Server& server) {
  return parts(server.dhcp, server.tftp, server.nfs);
}

std::vector<const ServerPart*> parts_of(const ClusterBuilder& cluster) {
  const auto& spec = cluster.spec.server;
  const auto& programs = cluster.programs;
  return parts(spec.dhcp.value_or(programs.dhcp), spec.tftp.value_or(programs.tftp),
               spec.nfs.value_or(programs.nfs));
}

const DhcpService* dhcp_of(const Server& server) {
  return find_named(dhcp_services(), server.dhcp);
}

const TftpService* tftp_of(const Server& server) {
  return find_named(tftp_services(), server.tftp);
}

const NfsService* nfs_of(const Server& server) {
  return find_named(nfs_services(), server.nfs);
}

const DhcpService* dhcp_named(std::string_view name) {
  return name.empty() ? dhcp_services().front() : find_named(dhcp_services(), name);
}

const Loader* loader_named(std::string_view name) {
  return name.empty() ? loaders().front() : find_named(loaders(), name);
}

const Loader& loader_of(const Server& /*server*/) {
  return *loaders().front();
}

const Loader* find_loader(const std::string& file, std::string_view head) {
  const auto& table = loaders();
  auto found =
      std::find_if(table.begin(), table.end(), [&](const Loader* each) { return each->is(file, head); });
  return found == table.end() ? nullptr : *found;
}

const Service& service_named(const ServiceName& name) {
  for (const auto* service : all_services()) {
    if (service->service_name() == name) return *service;
  }
  throw InternalError("no service " + to_journal(name));
}

DefaultPrograms default_programs() {
  return {std::string(dhcp_services().front()->name()), std::string(tftp_services().front()->name()),
          std::string(nfs_services().front()->name())};
}

std::vector<std::string> program_words(ServiceKind kind) {
  switch (kind) {
    case ServiceKind::dhcp:
      return words_of(dhcp_services());
    case ServiceKind::tftp:
      return words_of(tftp_services());
    case ServiceKind::nfs:
      return words_of(nfs_services());
    case ServiceKind::units:
      break;
  }
  return {};
}

std::optional<std::string> config_file(const Server& server, ServiceKind kind) {
  for (const auto* part : parts_of(server)) {
    const auto* service = dynamic_cast<const Service*>(part);
    if (service != nullptr && service->kind() == kind) return service->config_file(release(server.release));
  }
  return std::nullopt;
}

bool is_program_file(Role role, std::string_view path) noexcept {
  const auto& services = all_services();
  if (std::any_of(services.begin(), services.end(), [&](const auto* each) { return each->owns(role, path); }))
    return true;
  const auto& table = loaders();
  return std::any_of(table.begin(), table.end(), [&](const auto* each) { return each->owns(role, path); });
}

bool is_file_of(const ServiceName& name, Role role, std::string_view path) noexcept {
  const auto& services = all_services();
  return std::any_of(services.begin(), services.end(), [&](const auto* each) {
    return each->kind() == name.kind && each->name() == name.program && each->owns(role, path);
  });
}

std::string boot_program_path(const ServerView& view) {
  return std::string(loader_of(view.server).boot_program());
}

std::string default_boot_file_path(const ServerView& view) {
  return loader_of(view.server).default_boot_file();
}

std::string boot_file_path(const ServerView& view, const Node& node) {
  return loader_of(view.server).boot_file(node);
}

std::string boot_file_name(const ServerView& view, const Node& node) {
  return std::string(file_name_of(boot_file_path(view, node)));
}

}  // namespace krgboot
