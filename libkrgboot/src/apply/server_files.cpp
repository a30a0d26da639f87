#include "server_files.hpp"

#include "krgboot/apply/exports_files.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/image/kernels.hpp"

#include <memory>

#include "dhcpd_files.hpp"
#include "image_fault.hpp"

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

const Diagnostics& ServerFiles::kernel_findings(const BootEntry& entry) const {
  std::lock_guard lock(kernel_findings_mutex_);
  auto known = kernel_findings_.find(entry.name);
  if (known == kernel_findings_.end())
    known = kernel_findings_.emplace(entry.name, find_kernel_findings(entry)).first;
  return known->second;
}

Diagnostics ServerFiles::find_kernel_findings(const BootEntry& entry) const {
  const auto& path = cluster.image_of(entry).path;
  Diagnostics findings;
  auto fault = fault_of(root, path, "", "boot." + entry.name, [&] {
    auto status = root.status_through_links(path);
    if (!status || status->kind != FileKind::directory) return;
    auto image = root.beneath(path);
    auto kernel = find_kernel(image, entry.kernel);
    if (!kernel) return;
    findings = check_kernel(image, *kernel, entry.initrd, entry.initramfs, entry.kerrighed).findings;
    for (auto& finding : findings) finding.where.file = path + finding.where.file;
  });
  if (fault) {
    // Copies of kernel and initrd lie where TFTP serves them, and are looked at by themselves.
    fault->severity = Severity::warning;
    findings.push_back(std::move(*fault));
  }
  return findings;
}

const ImageStepsSeen& ServerFiles::steps_of(const Image& image) const {
  std::lock_guard lock(steps_mutex_);
  auto known = steps_.find(image.name);
  if (known == steps_.end()) {
    known =
        steps_.emplace(image.name, look_at_image_steps(root, image.path, image_steps(cluster, image))).first;
  }
  return known->second;
}

}  // namespace krgboot
