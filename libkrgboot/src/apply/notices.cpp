#include "notices.hpp"

#include "krgboot/formats/boot_command_line.hpp"
#include "krgboot/formats/fstab_table.hpp"
#include "krgboot/formats/nfs_root.hpp"
#include "krgboot/image/file_capabilities.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "image_fault.hpp"
#include "server_files.hpp"

namespace krgboot {

namespace {

constexpr std::size_t largest_fstab = std::size_t{1} << 20U;

Diagnostics of_image(const Root& root, const Image& image) {
  auto status = root.status_through_links(image.path);
  if (!status || status->kind != FileKind::directory) return {};
  auto tree = root.beneath(image.path);
  Diagnostics found;
  auto key = "images." + image.name;
  auto add = [&](Diagnostic finding) {
    finding.severity = Severity::warning;
    finding.key = key;
    found.push_back(std::move(finding));
  };
  if (auto text = tree.read_through_links("/etc/fstab", largest_fstab)) {
    auto table = fstab::FstabTable::parse(text->bytes, image.path + "/etc/fstab");
    for (const auto& line : table.list()) {
      if (auto finding = fstab::disk_finding(line)) add(*std::move(finding));
    }
  }
  constexpr std::size_t most = 50;
  if (found.size() > most) {
    auto more = found.size() - most;
    found.resize(most);
    add({Severity::warning,
         "fstab.disk",
         fmt::format("and {} more lines of disks in its fstab", more),
         "",
         "",
         {image.path + "/etc/fstab", {}}});
  }
  if (auto finding = capabilities_finding(programs_with_capabilities(tree))) {
    finding->message = fmt::format("{}: {}", image.path, finding->message);
    add(*std::move(finding));
  }
  return found;
}

bool boots_by_nfs3(const Cluster& cluster) {
  return std::any_of(cluster.boot().begin(), cluster.boot().end(), [&](const BootEntry& entry) {
    auto reading = find_nfs_root(render_command_line(cluster, entry, nullptr));
    return reading && reading->root && mounts_by_nfs3(*reading);
  });
}

}  // namespace

Diagnostics notices(const Cluster& cluster, const Root& root, const std::string& only_within) {
  Diagnostics found;
  for (const auto& image : cluster.images()) {
    if (!only_within.empty() && only_within != image.path) continue;
    // What keeps an image from being looked at is told elsewhere.
    fault_of(root, image.path, "", "", [&] {
      auto more = of_image(root, image);
      std::move(more.begin(), more.end(), std::back_inserter(found));
    });
  }
  if (!only_within.empty()) return found;
  if (auto off = read_nfs_conf(root).switches_off(3); off && boots_by_nfs3(cluster)) {
    found.push_back({Severity::warning, "nfs.version_3_off",
                     "the NFS server does not speak version 3, by which nodes mount their roots", "vers3=y",
                     "server.nfs", *off});
  }
  return found;
}

}  // namespace krgboot
