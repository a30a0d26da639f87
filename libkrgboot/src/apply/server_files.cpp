#include "server_files.hpp"

#include "krgboot/apply/exports_files.hpp"

#include <memory>

#include "dhcpd_files.hpp"

namespace krgboot {

namespace {

exports::ExportsView read_exports(const Root& root, const Release& release) {
  exports::Surroundings surroundings;
  if (auto text = root.read_through_links("/etc/hosts")) {
    auto names = std::make_shared<hosts::HostsFile>(hosts::HostsFile::parse(text->bytes));
    surroundings.names_of = [names](Ipv4Address address) { return names->names_of(address); };
  }
  return exports::ExportsView(read_exports_tables(root, release), std::move(surroundings));
}

}  // namespace

ServerFiles::ServerFiles(const Cluster& of, const Root& beneath)
    : cluster(of),
      root(beneath),
      release(of.server_release()),
      dhcp(read_dhcpd_files(root, release, [](const std::string& path) { return path; }).configuration),
      exports(read_exports(root, release)) {
  if (auto text = root.read_through_links(release.tftpd_defaults)) {
    tftp = tftpd_hpa::parse(text->bytes, release.tftpd_style, release.tftpd_defaults);
    if (!tftp->settings.directories.empty()) tftp_root = tftp->settings.directories.front();
  }
  // A TFTP server that is not krgboot's to configure still serves the directory that the spec names.
  if (cluster.server().tftp == TftpDaemon::none) tftp_root = cluster.server().tftp_root;
  auto status = tftp_root.empty() ? std::nullopt : root.status_through_links(tftp_root);
  if (status && status->kind == FileKind::directory) tftp_directory = root.beneath(tftp_root);
}

}  // namespace krgboot
