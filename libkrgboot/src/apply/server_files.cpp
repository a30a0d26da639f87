#include "server_files.hpp"

#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/apply/exports_files.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/image/file_capabilities.hpp"
#include "krgboot/image/initramfs.hpp"
#include "krgboot/image/kernels.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "file_reader.hpp"
#include "image_fault.hpp"

namespace krgboot {

ServerFiles::ServerFiles(const ServerView& of, const Root& beneath)
    : view(of),
      cluster(of.cluster),
      root(beneath),
      release(of.release()),
      exports(view_exports(root, read_exports_tables(root, release))),
      nfs(read_nfs_conf(root)) {
  auto read = reader_of(root, [](const std::string& path) { return path; });
  if (const auto* service = dhcp_of(view.server)) dhcp = service->configuration(release, read);
  if (const auto* service = tftp_of(view.server)) {
    tftp = service->settings(release, read);
    if (tftp) tftp_root = tftp->root;
  } else {
    // A TFTP server that krgboot does not configure also serves the directory named in the spec.
    tftp_root = view.server.tftp_root;
  }
  auto status = tftp_root.empty() ? std::nullopt : root.status_through_links(tftp_root);
  if (status && status->kind == FileKind::directory) tftp_directory = root.beneath(tftp_root);
}

NfsConf read_nfs_conf(const Root& root) {
  NfsConf conf;
  const std::string main = "/etc/nfs.conf";
  const std::string directory = main + ".d";
  std::vector<std::string> files{main};
  auto names = root.list_directory(directory).value_or(std::vector<std::string>{});
  // nfs-utils sorts them as ls -v does.
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return strverscmp(a.c_str(), b.c_str()) < 0; });
  for (const auto& name : names) {
    if (name.ends_with(".conf") && name.front() != '.')
      files.push_back(fmt::format("{}/{}", directory, name));
  }
  for (const auto& file : files) {
    if (auto text = root.read_through_links(file)) conf.add(text->bytes, file);
  }
  return conf;
}

const std::optional<std::string>& ServerFiles::dhcp_refusal() const {
  std::call_once(dhcp_asked_, [&] {
    const auto* service = dhcp_of(view.server);
    if (service == nullptr) return;
    dhcp_refusal_ =
        config_refusal(root, release, service->service_name(), [](const std::string& path) { return path; });
  });
  return dhcp_refusal_;
}

const Diagnostics& ServerFiles::kernel_findings(const BootedKernel& booted) const {
  auto key = fmt::format("{}\n{}\n{}\n{}\n{}", booted.image->name, booted.kernel, booted.initrd.value_or(""),
                         static_cast<int>(booted.initramfs), booted.kerrighed.has_value());
  std::lock_guard lock(kernel_findings_mutex_);
  auto known = kernel_findings_.find(key);
  if (known == kernel_findings_.end())
    known = kernel_findings_.emplace(key, find_kernel_findings(booted)).first;
  return known->second;
}

bool ServerFiles::is_that_of_image(const Image& image, const std::string& file,
                                   const std::string& path) const {
  std::lock_guard lock(copies_mutex_);
  auto known = copies_.find(path);
  if (known != copies_.end()) return known->second;
  auto same = true;
  // A fault that makes the image's file unreadable is reported elsewhere.
  fault_of(root, image.path, "", "", [&] {
    auto source = "/boot/" + file;
    auto tree = root.status_through_links(image.path);
    if (!tree || tree->kind != FileKind::directory) return;
    auto beneath = root.beneath(image.path);
    auto status = beneath.status_through_links(source);
    if (status && status->kind == FileKind::file)
      same = tftp_directory->same_content(beneath, source, path, LastLink::follow);
  });
  copies_.emplace(path, same);
  return same;
}

std::optional<std::string> ServerFiles::file_of_image(const Image& image, const std::string& path) const {
  auto key = image.name + '\n' + path;
  std::lock_guard lock(copies_mutex_);
  auto known = files_of_images_.find(key);
  if (known != files_of_images_.end()) return known->second;
  std::optional<std::string> found;
  // A fault that makes the image unreadable is reported elsewhere.
  fault_of(root, image.path, "", "", [&] {
    auto tree = root.beneath(image.path);
    auto names = tree.list_directory("/boot").value_or(std::vector<std::string>{});
    auto same = [&](const std::string& name) {
      auto status = tree.status("/boot/" + name);
      return status && status->kind == FileKind::file &&
             tftp_directory->same_content(tree, "/boot/" + name, path, LastLink::follow);
    };
    auto match = std::find_if(names.begin(), names.end(), same);
    if (match != names.end()) found = *match;
  });
  return files_of_images_.emplace(key, std::move(found)).first->second;
}

const ServerFiles::InitrdMaker& ServerFiles::maker_of_initrd(const std::string& path) const {
  std::lock_guard lock(makers_mutex_);
  auto known = makers_.find(path);
  if (known != makers_.end()) return known->second;
  InitrdMaker found;
  try {
    found.maker = maker_of_initramfs(list_initramfs(*tftp_directory, path));
  } catch (const Error& error) {
    found.fault = error.what();
  }
  return makers_.emplace(path, std::move(found)).first->second;
}

Diagnostics ServerFiles::find_kernel_findings(const BootedKernel& booted) const {
  const auto& path = booted.image->path;
  Diagnostics findings;
  auto fault = fault_of(root, path, "", fmt::format("images.{}", booted.image->name), [&] {
    auto status = root.status_through_links(path);
    if (!status || status->kind != FileKind::directory) return;
    auto image = root.beneath(path);
    auto kernel = find_kernel(image, booted.kernel);
    if (!kernel) return;
    findings = check_kernel(image, *kernel, booted.initrd, booted.initramfs, booted.kerrighed).findings;
    for (auto& finding : findings) finding.where.file = path + finding.where.file;
  });
  if (fault) {
    // Only a warning: kernel and initrd are loaded from their copies on TFTP, which are checked separately.
    fault->severity = Severity::warning;
    findings.push_back(std::move(*fault));
  }
  return findings;
}

const std::vector<std::string>& ServerFiles::capable_programs_of(const Image& image) const {
  std::lock_guard lock(capable_mutex_);
  auto known = capable_programs_.find(image.name);
  if (known != capable_programs_.end()) return known->second;
  std::vector<std::string> found;
  // A fault that makes the image unreadable is reported elsewhere.
  fault_of(root, image.path, "", "", [&] { found = programs_with_capabilities(root.beneath(image.path)); });
  return capable_programs_.emplace(image.name, std::move(found)).first->second;
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
