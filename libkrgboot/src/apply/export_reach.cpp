#include "export_reach.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/formats/mount_unit.hpp"
#include "krgboot/system/mounted_at.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/paths.hpp"

namespace krgboot {

namespace {

std::string paths_of(const std::vector<Exported>& directories) {
  std::vector<std::string> paths;
  paths.reserve(directories.size());
  for (const auto& directory : directories) paths.push_back(directory.path);
  return fmt::format("{}", fmt::join(paths, ", "));
}

/// What a client may do there, by the worst of its exports.
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

std::vector<Exported> exported_directories(const Image& image) {
  auto squashed = [](const ExportRules& rules) { return rules.squash != Squash::no_root_squash; };
  std::vector<Exported> all{{image.path, image.root == RootMode::ro, squashed(image.rules)}};
  if (image.root == RootMode::rw) return all;
  for (const auto& directory : image.writable)
    all.push_back({image.path + directory.path, false, squashed(directory.rules)});
  return all;
}

bool is_exported(const std::vector<std::vector<Ipv4Range>>& addresses, std::size_t index,
                 const Image& image) {
  return image.clients ? !image.clients->empty() : !addresses.at(index).empty();
}

/// What `images.NAME.filesystem` asks for, held against what is there.
void check_file_system(const Root& root, const Image& image, Diagnostics& findings) {
  auto say = [&](Severity severity, const char* code, std::string message, std::string hint) {
    findings.push_back({severity,
                        code,
                        std::move(message),
                        std::move(hint),
                        fmt::format("images.{}.filesystem", image.name),
                        {}});
  };
  auto above = image.path.substr(0, image.path.rfind('/'));
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
  if (!place) return;
  if (!place->is_its_root) {
    if (root.is_host()) {
      say(Severity::error, "filesystem.not_mounted",
          fmt::format("nothing is mounted on {}, which is to be a file system of its own", image.path),
          fmt::format("systemctl start '{}'; krgbootctl image bootstrap makes it",
                      mount_unit::name(image.path)));
    }
    return;
  }
  if (!place->nosuid || !place->nodev) {
    say(Severity::warning, "filesystem.mount_options",
        fmt::format("{} is mounted without {}", image.path,
                    place->nosuid  ? "nodev"
                    : place->nodev ? "nosuid"
                                   : "nosuid and nodev"),
        "mount -o remount,nosuid,nodev " + image.path);
  }
}

/// Images that lie on one file system, none of them alone on it.
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
    findings.push_back({Severity::warning,
                        "exports.images_reach_each_other",
                        fmt::format("the images {} lie on one file system: who may mount one of them reaches "
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
  // A staged tree: on the server that it will be, it is mounted.
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
          fmt::format("whoever may mount {} writes as root to all of the image, which is one "
                      "file system with it",
                      paths_of(directories)),
          "squash: root_squash for that directory, or say in shares_file_system why this may be",
          key,
          {}};
    case Reach::file_system:
      return Diagnostic{Severity::warning,
                        "exports.reaches_file_system",
                        fmt::format("whoever may mount {} {} every file of the file system that it lies on",
                                    paths_of(directories), rights.verb()),
                        own_file_system,
                        key,
                        {}};
    case Reach::server:
      return Diagnostic{
          rights.as_root ? Severity::error : Severity::warning,
          "exports.reaches_server",
          fmt::format("whoever may mount {} {} every file of the server's own file system{}",
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

ReachFindings check_reach_of_exports(const Cluster& cluster, const Root& root) {
  ReachFindings result;
  if (cluster.server().nfs == NfsDaemon::none) return result;
  auto addresses = cluster.addresses_by_image();
  std::vector<const Image*> exported;
  for (std::size_t i = 0; i < cluster.images().size(); ++i) {
    const auto& image = cluster.images()[i];
    if (!is_exported(addresses, i, image)) continue;
    if (image.filesystem) {
      check_file_system(root, image, result.findings);
      auto place = mounted_at(root, image.path);
      // Its exports say mountpoint=: nothing is exported.
      if (root.is_host() && place && !place->is_its_root) continue;
    }
    exported.push_back(&image);
    std::map<Reach, std::vector<Exported>> by_reach;
    for (auto& directory : exported_directories(image)) {
      // One that is not there is told of elsewhere, and nobody can mount it.
      if (auto reach = reach_of(root, &image, directory.path))
        by_reach[*reach].push_back(std::move(directory));
    }
    for (const auto& [reach, directories] : by_reach) {
      auto finding = reach_finding(&image, reach, directories);
      if (!finding) continue;
      if (image.shares_file_system) {
        result.accepted.push_back(accepted(*std::move(finding), *image.shares_file_system));
      } else {
        result.findings.push_back(*std::move(finding));
      }
    }
  }
  find_neighbours(root, exported, result.findings);
  return result;
}

}  // namespace krgboot
