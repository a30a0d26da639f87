#include "notices.hpp"

#include "krgboot/formats/kernel/boot_command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/formats/loader/boot_path.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"
#include "krgboot/image/file_capabilities.hpp"

#include <algorithm>
#include <set>
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

/// Does an entry of the spec, or, with `within`, of this image, mount its root by NFSv3?
bool boots_by_nfs3(const Cluster& cluster, const std::string& within) {
  return std::any_of(cluster.boot().begin(), cluster.boot().end(), [&](const BootEntry& entry) {
    if (!within.empty() && cluster.images()[entry.image].path != within) return false;
    auto reading = find_nfs_root(render_command_line(cluster, entry, nullptr));
    if (!reading || !reading->root) return false;
    return nfs_version(*reading).value_or(reading->consumer == Initramfs::none ? 3 : 4) == 3;
  });
}

}  // namespace

Diagnostics stale_copies(const Cluster& cluster, const Root& root, const Image& image) {
  std::set<std::string> files;
  for (const auto& entry : cluster.boot()) {
    if (cluster.images()[entry.image].name != image.name) continue;
    files.insert(entry.kernel);
    if (entry.initrd) files.insert(*entry.initrd);
  }
  auto tree = root.beneath(image.path);
  Diagnostics found;
  for (const auto& file : files) {
    auto source = "/boot/" + file;
    auto copy = fmt::format("{}/{}", cluster.server().tftp_root, boot_path(image, file));
    if (!root.status_through_links(copy) || !tree.status_through_links(source)) continue;
    if (root.same_content(tree, source, copy, LastLink::follow)) continue;
    found.push_back({Severity::warning,
                     "tftp.other_copy",
                     fmt::format("TFTP serves another {} than the image's: nodes boot that one", source),
                     "apply the spec",
                     "images." + image.name,
                     {copy, {}}});
  }
  return found;
}

Diagnostics notices(const Cluster& cluster, const Root& root, const std::string& within) {
  Diagnostics found;
  for (const auto& image : cluster.images()) {
    if (!within.empty() && within != image.path) continue;
    // A fault that makes the image unreadable is reported elsewhere.
    fault_of(root, image.path, "", "", [&] {
      auto more = of_image(root, image);
      std::move(more.begin(), more.end(), std::back_inserter(found));
    });
  }
  if (auto off = read_nfs_conf(root).switches_off(3); off && boots_by_nfs3(cluster, within)) {
    found.push_back({Severity::warning, "nfs.version_3_off",
                     "nodes mount their roots by NFSv3, which the NFS server has switched off",
                     "set vers3=y in [nfsd]", "server.nfs", *off});
  }
  return found;
}

}  // namespace krgboot
