#include "export_reach.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"
#include "krgboot/formats/root_tree/mount_unit.hpp"
#include "krgboot/system/mounted_at.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/path_text.hpp"
#include "export_support.hpp"
#include "image_fault.hpp"
#include "model/paths.hpp"
#include "services/services.hpp"

namespace krgboot {

namespace {

std::string paths_of(const std::vector<Exported>& directories) {
  std::vector<std::string> paths;
  paths.reserve(directories.size());
  for (const auto& directory : directories) {
    if (std::find(paths.begin(), paths.end(), directory.path) == paths.end()) paths.push_back(directory.path);
  }
  return fmt::format("{}", fmt::join(paths, ", "));
}

/// The rights of a client, combined over its exports.
struct Rights {
  explicit Rights(const std::vector<Exported>& directories) {
    for (const auto& directory : directories) {
      as_root = as_root || !directory.root_squashed;
      writes = writes || !directory.read_only;
      writes_as_root = writes_as_root || (!directory.read_only && !directory.root_squashed);
    }
  }
  std::string verb() const {
    auto does = writes_as_root || (writes && !as_root) ? "reads and writes" : "reads";
    return fmt::format("{}{}, by handles,", does, as_root ? " as root" : "");
  }
  bool as_root = false;
  bool writes = false;
  bool writes_as_root = false;
};

std::vector<Exported> exported_directories(const Cluster& cluster, const Image& image) {
  std::vector<Exported> all;
  for (auto& each : exports::exported(cluster, image))
    all.push_back({std::move(each.path), each.read_only, each.rules.squash != Squash::no_root_squash});
  return all;
}

/// Compares `images.NAME.filesystem` with the actual mount.
void check_file_system(const Root& root, const Image& image, Diagnostics& findings) {
  auto say = [&](Severity severity, const char* code, std::string message, std::string hint) {
    findings.push_back({severity,
                        code,
                        std::move(message),
                        std::move(hint),
                        fmt::format("images.{}.filesystem", image.name),
                        {}});
  };
  auto above = std::string(folder_of(image.path));
  auto parent = root.status_through_links(above);
  auto top = root.status("/");
  constexpr unsigned others = 077;
  if (parent && top && ((parent->mode & others) != 0 || parent->uid != top->uid)) {
    say(Severity::warning, "filesystem.parent_open",
        fmt::format("{}, the directory above image {}, is not root's alone: users of the server reach the "
                    "image's files",
                    above, image.name),
        "chmod 700 " + above);
  }
  auto place = mounted_at(root, image.path);
  if (!place || !place->is_its_root) return;
  if (!place->nosuid || !place->nodev) {
    say(Severity::warning, "filesystem.mount_options",
        fmt::format("{} is mounted without {}", image.path,
                    place->nosuid  ? "nodev"
                    : place->nodev ? "nosuid"
                                   : "nosuid and nodev"),
        "mount -o remount,nosuid,nodev " + image.path);
  }
}

/// Finds images that share a file system with other images.
void find_neighbours(const Root& root, const std::vector<const Image*>& exported, Diagnostics& findings) {
  std::map<std::string, std::vector<const Image*>> by_file_system;
  for (const auto* image : exported) {
    auto reach = reach_of(root, image, image->path);
    if (!reach || *reach == Reach::directory || *reach == Reach::image || image->shares_file_system) continue;
    if (auto place = mounted_at(root, image->path)) by_file_system[place->file_system].push_back(image);
  }
  for (const auto& [number, images] : by_file_system) {
    if (images.size() < 2) continue;
    std::vector<std::string> names;
    for (const auto* image : images) names.push_back(image->name);
    findings.push_back(
        {Severity::warning,
         "exports.images_reach_each_other",
         fmt::format("the images {} lie on one file system: a client that may mount one of them reaches "
                     "the files of all",
                     fmt::join(names, ", ")),
         "give each a file system of its own",
         fmt::format("images.{}.path", images.back()->name),
         {}});
  }
}

}  // namespace

std::optional<Reach> reach_of(const Root& root, const Image* image, const std::string& path) {
  auto place = mounted_at(root, path);
  if (!place) return std::nullopt;
  auto server = mounted_at(root, "/");
  if (!server) throw IoError("open", root.host_path(), ENOENT);
  if (place->file_system != server->file_system) {
    if (place->is_its_root) return Reach::directory;
    if (image != nullptr && model::is_within(path, image->path)) {
      auto whole = mounted_at(root, image->path);
      if (whole && whole->is_its_root && whole->file_system == place->file_system) return Reach::image;
    }
    return Reach::file_system;
  }
  // In a staged tree nothing is mounted yet: assume the mount that the spec asks for.
  if (image != nullptr && image->filesystem && !root.is_host())
    return path == image->path ? Reach::directory : Reach::image;
  return Reach::server;
}

std::optional<Diagnostic> reach_finding(const Image* image, Reach reach,
                                        const std::vector<Exported>& directories) {
  if (reach == Reach::directory || directories.empty()) return std::nullopt;
  const Rights rights(directories);
  auto key = image == nullptr ? std::string() : fmt::format("images.{}.path", image->name);
  auto own_file_system =
      image == nullptr ? std::string("mount a file system of its own there")
                       : fmt::format(
                             "give the image a file system of its own (images.{0}.filesystem), or say in "
                             "images.{0}.shares_file_system why this may be",
                             image->name);
  switch (reach) {
    case Reach::directory:
      break;
    case Reach::image:
      if (!rights.writes_as_root) return std::nullopt;
      return Diagnostic{
          Severity::warning,
          "exports.writes_image",
          fmt::format("a client that may mount {} can write as root to the whole image, which "
                      "lies on the same file system",
                      paths_of(directories)),
          "squash: root_squash for that directory, or say in shares_file_system why this may be",
          key,
          {}};
    case Reach::file_system:
      return Diagnostic{
          Severity::warning,
          "exports.reaches_file_system",
          fmt::format("a client that may mount {} {} every file of the file system that it lies on",
                      paths_of(directories), rights.verb()),
          own_file_system,
          key,
          {}};
    case Reach::server:
      return Diagnostic{
          rights.as_root ? Severity::error : Severity::warning,
          "exports.reaches_server",
          fmt::format("a client that may mount {} {} every file of the server's own file system{}",
                      paths_of(directories), rights.verb(), rights.as_root ? ", such as /etc/shadow" : ""),
          own_file_system,
          key,
          {}};
  }
  return std::nullopt;
}

Diagnostic accepted(Diagnostic finding, const std::string& reason) {
  finding.severity = Severity::warning;
  finding.message += "; accepted: " + reason;
  finding.hint.clear();
  return finding;
}

namespace {

/// Is the image's file system not mounted? Exports with mountpoint= are inactive until it is. A staged tree
/// is never mounted.
bool lacks_mount(const Root& root, const Image& image) {
  if (!image.filesystem || !root.is_host()) return false;
  auto place = mounted_at(root, image.path);
  return place && !place->is_its_root;
}

std::string how_to_mount(const Root& root, const Image& image) {
  if (root.status(mount_unit::path(image)))
    return fmt::format("systemctl start '{}'", mount_unit::name(image.path));
  auto device = image.filesystem->device();
  if (!root.status(device)) return "bootstrap the image";
  return fmt::format("mount -o {}nosuid,nodev {} {}", image.filesystem->volume ? "" : "loop,", device,
                     image.path);
}

/// The NFS server resolves symlinks from its own root. Does a symlink in the image lead it, and so its
/// clients, out of the image?
bool leads_out(const Root& root, const Image& image, const std::string& path) {
  if (path == image.path) return false;
  auto of_server = root.status_through_links(path);
  if (!of_server) return false;
  auto of_image = root.beneath(image.path).status_through_links(path.substr(image.path.size()));
  return !of_image || of_image->device != of_server->device || of_image->inode != of_server->inode;
}

void check_reach_of(const Root& root, const Image& image, std::vector<Exported> directories,
                    ReachFindings& result) {
  std::map<Reach, std::vector<Exported>> by_reach;
  for (auto& directory : directories) {
    if (leads_out(root, image, directory.path)) {
      result.faults.push_back(
          {image.path,
           {Severity::error,
            "exports.leads_out",
            fmt::format("a symbolic link on the way to {} leads the NFS server out of the image",
                        directory.path),
            "put a directory in its place",
            fmt::format("images.{}.writable", image.name),
            {directory.path, {}}}});
      continue;
    }
    if (auto support = export_support(root, directory.path); support && !support->possible) {
      auto finding = export_support_finding(root, directory.path, {});
      finding->key = fmt::format("images.{}.path", image.name);
      result.faults.push_back({image.path, *std::move(finding)});
      continue;
    }
    // A missing directory has its own finding, and cannot be mounted.
    if (auto reach = reach_of(root, &image, directory.path)) by_reach[*reach].push_back(std::move(directory));
  }
  for (const auto& [reach, those] : by_reach) {
    auto finding = reach_finding(&image, reach, those);
    if (!finding) continue;
    if (image.shares_file_system) {
      result.accepted.push_back(accepted(*std::move(finding), *image.shares_file_system));
    } else {
      result.findings.push_back(*std::move(finding));
    }
  }
}

}  // namespace

ReachFindings check_reach_of_exports(const Cluster& cluster, const Root& root) {
  ReachFindings result;
  if (nfs_of(cluster.server()) == nullptr) return result;
  std::vector<const Image*> exported;
  for (const auto& image : cluster.images()) {
    auto directories = exported_directories(cluster, image);
    if (directories.empty()) continue;
    auto fault = fault_of(root, image.path, "", fmt::format("images.{}", image.name), [&] {
      if (image.filesystem) check_file_system(root, image, result.findings);
      if (lacks_mount(root, image)) return;
      exported.push_back(&image);
      check_reach_of(root, image, std::move(directories), result);
    });
    if (fault) result.faults.push_back({image.path, *std::move(fault)});
  }
  find_neighbours(root, exported, result.findings);
  return result;
}

std::vector<Snapshot::Fault> check_mounts(const Cluster& cluster, const Root& root,
                                          const std::string& within) {
  std::vector<Snapshot::Fault> faults;
  for (const auto& image : cluster.images()) {
    if (!within.empty() && image.path != within) continue;
    auto origin = fmt::format("images.{}.filesystem", image.name);
    auto fault = fault_of(root, image.path, "", origin, [&] {
      if (!lacks_mount(root, image)) return;
      faults.push_back(
          {image.path,
           {Severity::error,
            "filesystem.not_mounted",
            fmt::format("nothing is mounted on {}, which is to be a file system of its own", image.path),
            how_to_mount(root, image),
            origin,
            {image.path, {}}}});
    });
    if (fault) faults.push_back({image.path, *std::move(fault)});
  }
  return faults;
}

}  // namespace krgboot
