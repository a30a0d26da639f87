#include "krgboot/formats/root_tree/fstab.hpp"

#include "krgboot/model/image_step.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "model/paths.hpp"

namespace krgboot::fstab {

namespace {

// nolock: the lock manager needs rpc.statd on the node, which keeps its state in /var/lib/nfs, and all nodes
// share that directory. With nolock a lock is valid on one node only. vers=3: a server identifies an NFSv4
// client by its host name, which nodes of one image may have in common. The root uses NFSv3 as well.
std::string nfs_options(const Release& release, bool systemd) {
  std::string options = "rw,hard,nolock";
  if (!release.nfs3_option.empty()) options += "," + release.nfs3_option;
  return systemd ? options + ",_netdev" : options;
}

/// nfs(5): without `sec=` the client uses the first flavor in the server's list that it knows. So `sec=` is
/// written only if that flavor is not the default.
std::string security_option(const ExportRules& rules) {
  if (rules.sec.front() == SecurityFlavor::sys) return "";
  return fmt::format(",sec={}", to_string(rules.sec.front()));
}

bool boots_kerrighed(const Cluster& cluster, const Image& image) {
  return std::any_of(cluster.boot().begin(), cluster.boot().end(), [&](const BootEntry& entry) {
    return entry.kerrighed && cluster.image_of(entry).name == image.name;
  });
}

Mount kernel_file_system(std::string type, std::string file, std::string options = "defaults") {
  return {"none", std::move(file), std::move(type), std::move(options), 0, 0};
}

/// Options of the line for /; nullopt if the root needs no line.
std::optional<std::string_view> root_options(const Image& image) {
  if (init_of(image) != InitSystem::sysvinit) return std::nullopt;
  return root_scheme(image.root).sysvinit_root_options;
}

/// sysvinit mounts local file systems before network file systems, which would then hide the tmpfs. _netdev
/// makes it mount the tmpfs afterwards.
std::string in_memory_options(const Image& image, const std::string& directory, const std::string& options) {
  auto is_below = [&](const WritableDirectory& writable) {
    return model::is_within(directory, writable.path);
  };
  auto hidden = init_of(image) == InitSystem::sysvinit &&
                root_scheme(image.root).mounts_writable_directories &&
                std::any_of(image.writable.begin(), image.writable.end(), is_below);
  return hidden ? options + ",_netdev" : options;
}

std::string on_server(const ServerView& view, const Image& image, std::string_view directory = "") {
  return fmt::format("{}:{}{}", view.server.address.to_string(), image.path, directory);
}

struct Section {
  std::string comment;
  std::vector<Mount> mounts;
};

std::vector<Section> sections(const ServerView& view, const Image& image) {
  const auto& chosen = release(image.release);
  auto sysvinit = init_of(image) == InitSystem::sysvinit;
  std::vector<Section> result;
  if (auto options = root_options(image))
    result.push_back({"", {{on_server(view, image), "/", "nfs", std::string(*options), 0, 0}}});
  // Later releases mount both before they read fstab, and would mount them again because of these lines.
  if (!chosen.has_run) {
    result.push_back({"", {kernel_file_system("proc", "/proc"), kernel_file_system("sysfs", "/sys")}});
  }
  if (boots_kerrighed(view.cluster, image)) {
    // Without nofail a missing /config would start systemd's emergency shell, which no one sees on a diskless
    // node.
    result.push_back(
        {"# Kerrighed's scheduler is configured here.\n",
         {kernel_file_system("configfs", "/config", sysvinit ? "defaults" : "defaults,nofail")}});
  }
  if (root_scheme(image.root).mounts_writable_directories && !image.writable.empty()) {
    Section writable{
        "# Written by all nodes. nolock: rpc.statd would keep each node's locks in /var/lib/nfs, which they "
        "share;\n"
        "# so a lock holds on one node only.\n",
        {}};
    auto options = nfs_options(chosen, !sysvinit);
    for (const auto& directory : image.writable) {
      writable.mounts.push_back({on_server(view, image, directory.path), directory.path, "nfs",
                                 options + security_option(directory.rules), 0, 0});
    }
    result.push_back(std::move(writable));
  }
  std::vector<Mount> memory;
  for (const auto& directory : image.tmpfs) {
    // The modes of tmpfiles.d(5); in all other directories only root may write.
    bool for_all = directory == "/tmp" || directory == "/var/tmp";
    auto options = fmt::format("mode={},nosuid,nodev", for_all ? "1777" : "0755");
    memory.push_back({"none", directory, "tmpfs", in_memory_options(image, directory, options), 0, 0});
  }
  if (!memory.empty()) result.push_back({"# Each node's own, in memory.\n", std::move(memory)});
  if (!chosen.has_run && std::find(image.tmpfs.begin(), image.tmpfs.end(), "/var/run") == image.tmpfs.end()) {
    result.push_back(
        {"# Process ids in here are each node's own.\n",
         {kernel_file_system("tmpfs", "/var/run", in_memory_options(image, "/var/run", "defaults"))}});
  }
  return result;
}

/// The lines with their fields aligned in columns.
std::string aligned(const std::vector<Mount>& mounts) {
  auto text_of = [](const Mount& mount) {
    return std::array{escape(mount.spec), escape(mount.file), mount.vfstype, mount.options};
  };
  std::array<std::size_t, 4> widths{};
  for (const auto& mount : mounts) {
    auto fields = text_of(mount);
    for (std::size_t i = 0; i < fields.size(); ++i) widths[i] = std::max(widths[i], fields[i].size());
  }
  std::string text;
  for (const auto& mount : mounts) {
    auto fields = text_of(mount);
    for (std::size_t i = 0; i < fields.size(); ++i) text += fmt::format("{:<{}}  ", fields[i], widths[i]);
    text += fmt::format("{} {}\n", mount.freq, mount.passno);
  }
  return text;
}

}  // namespace

std::vector<Mount> image_mounts(const ServerView& view, const Image& image) {
  std::vector<Mount> mounts;
  for (auto& section : sections(view, image)) {
    mounts.insert(mounts.end(), section.mounts.begin(), section.mounts.end());
  }
  return mounts;
}

std::string render_block(const ServerView& view, const Image& image) {
  auto text = fmt::format(
      "# images.{}: the root is mounted before this file is read, and {}.\n", image.name,
      root_options(image) ? "would be remounted read-write without its line" : "has no line here");
  for (const auto& section : sections(view, image)) text += section.comment + aligned(section.mounts);
  return text;
}

}  // namespace krgboot::fstab
