#include <algorithm>

#include <fmt/format.h>

#include "apply/image_programs.hpp"
#include "exports.hpp"
#include "stages.hpp"
#include "writable.hpp"

namespace krgboot::tracing {

namespace {

/// With nofail, the boot continues without the mount.
StepStatus status_unless_mounted(const fstab::Mount& mount) {
  return mount.has_option("nofail") ? StepStatus::warning : StepStatus::broken;
}

void follow_mount(const ServerFiles& files, const DhcpResult& dhcp, const MountedRoot& root,
                  const fstab::Line& line, Steps& steps) {
  const auto& mount = line.mount;
  auto here = line.where.to_string();
  auto fatal = status_unless_mounted(mount);
  auto image = files.root.beneath(root.path);
  if (auto finding = fstab::disk_finding(line)) return steps.say_all(BootStage::mounts, {*finding});
  if (mount.file.front() == '/' && mount.file != "/" && !mount.has_option("noauto") &&
      !has_directory(image, tidy_path(mount.file))) {
    steps.say(BootStage::mounts, fatal, mount.file + " is no directory in the image", here, "make it");
    return;
  }
  auto remote = mount.remote();
  if (!remote) return;
  const auto& server = files.cluster.server();
  if (remote->host != server.address.to_string() && remote->host != server.name.to_string()) {
    steps.say(BootStage::mounts, StepStatus::warning,
              fmt::format("{} comes from {}", mount.file, remote->host),
              here + "; that is not the boot server");
    return;
  }
  follow_server_mount(files, dhcp, root, {mount, here, fatal, remote->path}, steps);
}

}  // namespace

void follow_mounts(const ServerFiles& files, const DhcpResult& dhcp, const Loaded& loaded,
                   const CommandLine& line, const MountedRoot& root, const Init& init, Steps& steps) {
  auto image = files.root.beneath(root.path);
  constexpr std::size_t largest_fstab = std::size_t{1} << 20U;
  auto text = image.read_through_links("/etc/fstab", largest_fstab);
  if (!text) {
    steps.say(BootStage::mounts, StepStatus::warning, "the image has no /etc/fstab", "", "apply the spec");
    follow_writable_directories(files, loaded, line, root, init, {}, steps);
    return;
  }
  auto table = fstab::FstabTable::parse(text->bytes, root.path + "/etc/fstab");
  steps.say_all(BootStage::mounts, table.diagnostics());
  if (root.image != nullptr)
    steps.say_all(BootStage::mounts, fstab::check(table, release(root.image->release)));

  // Root of a node can write this file, and each line costs look-ups in the image and the exports.
  constexpr std::size_t most_followed = 200;
  const auto& entries = table.list();
  auto followed = std::min(entries.size(), most_followed);
  for (std::size_t i = 0; i < followed; ++i) {
    steps.follow(BootStage::mounts, status_unless_mounted(entries[i].mount),
                 [&] { follow_mount(files, dhcp, root, entries[i], steps); });
  }
  if (followed < entries.size()) {
    steps.say(BootStage::mounts, StepStatus::warning,
              fmt::format("and {} more lines", entries.size() - followed), "they are not followed",
              "shorten /etc/fstab");
  }
  follow_writable_directories(files, loaded, line, root, init, table, steps);
}

}  // namespace krgboot::tracing
