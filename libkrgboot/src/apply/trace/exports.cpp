#include "exports.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"
#include "krgboot/model/root_scheme.hpp"
#include "krgboot/system/mounted_at.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apply/export_reach.hpp"
#include "apply/export_support.hpp"
#include "model/paths.hpp"

namespace krgboot::tracing {

namespace {

constexpr unsigned others_read = 0004;
constexpr unsigned others_write = 0002;
constexpr unsigned others_search = 0001;

/// Files that root of a node needs and that other users must not read.
std::vector<std::string> unreadable(const Root& image) {
  std::vector<std::string> candidates{"/etc/shadow"};
  for (const auto& name : image.list_directory("/etc/ssh").value_or(std::vector<std::string>{})) {
    if (name.rfind("ssh_host_", 0) == 0) candidates.push_back("/etc/ssh/" + name);
  }
  std::vector<std::string> found;
  for (const auto& path : candidates) {
    auto status = image.status_through_links(path);
    if (status && (status->mode & others_read) == 0) found.push_back(path);
  }
  return found;
}

/// `sec=` of nfs(5), if it is a flavor other than sys.
std::optional<exports::Flavor> kerberos_flavor(const fstab::Mount& mount) {
  using exports::Flavor;
  for (auto option : split(mount.options, ',')) {
    for (auto flavor : {Flavor::krb5, Flavor::krb5i, Flavor::krb5p}) {
      if (option == "sec=" + exports::to_string(flavor)) return flavor;
    }
  }
  return std::nullopt;
}

/// Is the directory mounted by an NFS version that the server has switched off?
bool version_is_off(const ServerFiles& files, const ServerMount& mount, Steps& steps) {
  auto options = split(mount.mount.options, ',');
  auto version = nfs_version_among({options.begin(), options.end()});
  auto off = version ? files.nfs.switches_off(*version) : std::nullopt;
  if (!off) return false;
  steps.say(
      BootStage::mounts, mount.fatal,
      fmt::format("{} is mounted by NFSv{}, which the NFS server has switched off", mount.path, *version),
      off->to_string(), fmt::format("set vers{}=y in [nfsd]", *version));
  return true;
}

void follow_kerberos_mount(const ServerMount& mount, exports::Flavor flavor, Ipv4Address client,
                           const exports::Verdict& verdict, Steps& steps) {
  auto offers = [&](const exports::Considered& considered) {
    return considered.matching == exports::Matching::yes && considered.entry.effective.access(flavor);
  };
  auto entry = std::find_if(verdict.considered.begin(), verdict.considered.end(), offers);
  if (entry == verdict.considered.end()) {
    steps.say(BootStage::mounts, mount.fatal,
              fmt::format("{} is not exported to {} with sec={}", mount.path, client.to_string(),
                          exports::to_string(flavor)),
              mount.where);
    return;
  }
  steps.say(BootStage::mounts, StepStatus::warning,
            fmt::format("{} on {} wants Kerberos", mount.path, mount.mount.file), place(entry->entry),
            "whether the node has rpc.gssd and a keytab, krgboot does not know");
}

// The client mounts the directory with any export options; a lack of write access shows only later.
void follow_writable_mount(const ServerFiles& files, const DhcpResult& dhcp, const MountedRoot& root,
                           const ServerMount& mount, const exports::Verdict& verdict, Steps& steps) {
  auto what = fmt::format("{} on {}", mount.path, mount.mount.file);
  if (verdict.read_only) {
    // Read-only is intended for machines of the pool: the image's own export, in the same file system, admits
    // them.
    if (dhcp.node == nullptr && dhcp.pool && root.image != nullptr && verdict.exported_path == root.path) {
      steps.say(BootStage::mounts, StepStatus::ok, what + ", read-only",
                place(*verdict.entry) + "; machines of this pool write nothing");
      return;
    }
    steps.say(BootStage::mounts, mount.fatal, fmt::format("{} is exported read-only", mount.path),
              place(*verdict.entry));
    return;
  }
  if (verdict.all_squash) {
    steps.say(BootStage::mounts, StepStatus::warning, what + ", where every user is nobody",
              place(*verdict.entry), "all_squash");
    return;
  }
  auto status = files.root.status_through_links(mount.path);
  auto is_roots = status && status->uid == 0 && (status->mode & others_write) == 0;
  if (verdict.root_squash && is_roots) {
    // Correct for a directory such as /home that only holds directories of other users.
    auto closed = (status->mode & others_search) == 0 || model::is_within(mount.mount.file, "/var");
    steps.say(
        BootStage::mounts, closed ? StepStatus::warning : StepStatus::ok,
        closed ? what + ", which root of the node cannot use" : what + ", where root cannot create files",
        place(*verdict.entry) + "; the directory is root's, and root is squashed",
        closed ? "no_root_squash" : "");
    return;
  }
  steps.say(BootStage::mounts, StepStatus::ok, what, mount.where);
  say_reach(files, BootStage::mounts, root.image, mount.path, verdict, steps);
}

}  // namespace

std::string place(const exports::Entry& entry) {
  return fmt::format("{}: {}({})", entry.where.to_string(), entry.client.empty() ? "*" : entry.client,
                     entry.options);
}

// A staged tree is never mounted.
bool root_is_mounted_on_server(const ServerFiles& files, const MountedRoot& root,
                               const exports::Verdict& verdict, Steps& steps) {
  auto mount_point = verdict.entry->mount_point();
  if (!mount_point || !files.root.is_host()) return true;
  auto here = mounted_at(files.root, *mount_point);
  if (here && here->is_its_root) return true;
  steps.say(BootStage::root, StepStatus::broken,
            fmt::format("{} is not exported while nothing is mounted on {}", root.path, *mount_point),
            place(*verdict.entry), "mount it");
  return false;
}

bool can_be_exported(const ServerFiles& files, BootStage stage, StepStatus fatal,
                     const exports::Verdict& verdict, Steps& steps) {
  auto finding = export_support_finding(files.root, verdict.exported_path, verdict.entry->effective);
  if (!finding) return true;
  auto refused = finding->severity == Severity::error;
  steps.say(stage, refused ? fatal : StepStatus::warning, finding->message, place(*verdict.entry),
            finding->hint);
  return !refused;
}

// With root squashed, root of the node cannot use files that only root may read or write.
bool root_may_use_root(const ServerFiles& files, const MountedRoot& root, const exports::Verdict& verdict,
                       Steps& steps) {
  if (!verdict.root_squash && !verdict.all_squash) return true;
  auto who = verdict.all_squash ? "every user" : "root";
  if (root.image != nullptr && root_scheme(root.image->root).export_is_writable) {
    steps.say(BootStage::root, StepStatus::broken,
              fmt::format("{} squashes {}, so root of the node cannot write to a root that is {}", root.path,
                          who, root_scheme(root.image->root).word),
              place(*verdict.entry), "no_root_squash");
    return false;
  }
  auto tree = files.root.status_through_links(root.path);
  if (tree && (tree->mode & others_search) == 0) {
    steps.say(BootStage::root, StepStatus::broken,
              fmt::format("{} squashes {}, who may not enter it", root.path, who), place(*verdict.entry),
              "no_root_squash");
    return false;
  }
  auto lost = unreadable(files.root.beneath(root.path));
  steps.say(BootStage::root, StepStatus::warning, fmt::format("{} squashes {}", root.path, who),
            fmt::format("{}{}", place(*verdict.entry),
                        lost.empty() ? "" : fmt::format("; root cannot read {}", fmt::join(lost, ", "))),
            "no_root_squash");
  return true;
}

void say_reach(const ServerFiles& files, BootStage stage, const Image* image, const std::string& path,
               const exports::Verdict& verdict, Steps& steps) {
  auto reach = reach_of(files.root, image, path);
  if (!reach) return;
  auto squashed = verdict.root_squash || verdict.all_squash;
  auto finding = reach_finding(image, *reach, {{path, verdict.read_only, squashed}});
  if (!finding) return;
  auto is_accepted = image != nullptr && image->shares_file_system;
  if (is_accepted) finding = accepted(*std::move(finding), *image->shares_file_system);
  // Only a warning: the machine boots all the same.
  steps.say(stage, is_accepted ? StepStatus::ok : StepStatus::warning, finding->message,
            place(*verdict.entry), finding->hint);
}

void follow_server_mount(const ServerFiles& files, const DhcpResult& dhcp, const MountedRoot& root,
                         const ServerMount& mount, Steps& steps) {
  if (!files.root.status_through_links(mount.path)) {
    steps.say(BootStage::mounts, mount.fatal, mount.path + " is not there", mount.where);
    return;
  }
  if (version_is_off(files, mount, steps)) return;
  auto verdict = files.exports.would_allow(root.client, mount.path);
  if (auto flavor = kerberos_flavor(mount.mount))
    return follow_kerberos_mount(mount, *flavor, root.client, verdict, steps);
  if (verdict.admission == exports::Admission::refused) {
    steps.say(BootStage::mounts, mount.fatal,
              fmt::format("{} is not exported to {}", mount.path, root.client.to_string()), mount.where);
    return;
  }
  if (verdict.admission == exports::Admission::allowed) {
    if (!can_be_exported(files, BootStage::mounts, mount.fatal, verdict, steps)) return;
    if (!mount.mount.has_option("ro")) return follow_writable_mount(files, dhcp, root, mount, verdict, steps);
  }
  steps.say(BootStage::mounts, StepStatus::ok, fmt::format("{} on {}", mount.path, mount.mount.file),
            mount.where);
}

}  // namespace krgboot::tracing
