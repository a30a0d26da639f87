#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"
#include "krgboot/system/mounted_at.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "export_reach.hpp"
#include "export_support.hpp"
#include "follow.hpp"
#include "model/paths.hpp"

namespace krgboot {

namespace {

constexpr unsigned others_read = 0004;
constexpr unsigned others_write = 0002;
constexpr unsigned others_search = 0001;

/// What of these root of a node needs and nobody else may read.
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

/// `sec=` of nfs(5), where it is a flavor other than sys.
std::optional<exports::Flavor> kerberos_flavor(const fstab::Mount& mount) {
  using exports::Flavor;
  for (auto option : split(mount.options, ',')) {
    for (auto flavor : {Flavor::krb5, Flavor::krb5i, Flavor::krb5p}) {
      if (option == "sec=" + exports::to_string(flavor)) return flavor;
    }
  }
  return std::nullopt;
}

}  // namespace

// A staged tree is not mounted yet.
bool Follower::is_mounted(const exports::Verdict& verdict) {
  auto mount_point = verdict.entry->mount_point();
  if (!mount_point || !files_.root.is_host()) return true;
  auto here = mounted_at(files_.root, *mount_point);
  if (here && here->is_its_root) return true;
  say(Stage::root, Status::broken,
      fmt::format("{} is not exported while nothing is mounted on {}", trace_.root_path, *mount_point),
      place(*verdict.entry), "mount it");
  return false;
}

bool Follower::can_be_exported(Stage stage, Status fatal, const exports::Verdict& verdict) {
  auto finding = export_support_finding(files_.root, verdict.exported_path, verdict.entry->effective);
  if (!finding) return true;
  auto refused = finding->severity == Severity::error;
  say(stage, refused ? fatal : Status::warning, finding->message, place(*verdict.entry), finding->hint);
  return !refused;
}

// Root of the node is nobody to the server: what only root may read or write is out of its reach.
bool Follower::squashed_root(const exports::Verdict& verdict) {
  if (!verdict.root_squash && !verdict.all_squash) return true;
  const auto& path = trace_.root_path;
  auto who = verdict.all_squash ? "every user" : "root";
  auto tree = files_.root.status_through_links(path);
  if (image_ != nullptr && image_->root == RootMode::rw) {
    say(Stage::root, Status::broken,
        fmt::format("{} squashes {}, so that root could write nothing on a root that is rw", path, who),
        place(*verdict.entry), "no_root_squash");
    return false;
  }
  if (tree && (tree->mode & others_search) == 0) {
    say(Stage::root, Status::broken, fmt::format("{} squashes {}, who may not enter it", path, who),
        place(*verdict.entry), "no_root_squash");
    return false;
  }
  auto lost = unreadable(files_.root.beneath(path));
  say(Stage::root, Status::warning, fmt::format("{} squashes {}", path, who),
      fmt::format("{}{}", place(*verdict.entry),
                  lost.empty() ? "" : fmt::format("; root cannot read {}", fmt::join(lost, ", "))),
      "no_root_squash");
  return true;
}

void Follower::from_server(const ServerMount& mount, const std::string& path) {
  auto verdict = files_.exports.would_allow(*trace_.machine.address, path);
  if (!files_.root.status_through_links(path)) {
    say(Stage::mounts, mount.fatal, path + " is not there", mount.where);
    return;
  }
  auto options = split(mount.mount.options, ',');
  auto version = nfs_version_among({options.begin(), options.end()});
  if (auto off = version ? files_.nfs.switches_off(*version) : std::nullopt) {
    say(Stage::mounts, mount.fatal,
        fmt::format("{} is mounted by NFSv{}, which the NFS server has switched off", path, *version),
        off->to_string(), fmt::format("set vers{}=y in [nfsd]", *version));
    return;
  }
  if (auto flavor = kerberos_flavor(mount.mount)) {
    auto offers = [&](const exports::Considered& considered) {
      return considered.matching == exports::Matching::yes && considered.entry.effective.access(*flavor);
    };
    auto entry = std::find_if(verdict.considered.begin(), verdict.considered.end(), offers);
    if (entry == verdict.considered.end()) {
      say(Stage::mounts, mount.fatal,
          fmt::format("{} is not exported to {} with sec={}", path, trace_.machine.address->to_string(),
                      exports::to_string(*flavor)),
          mount.where);
      return;
    }
    say(Stage::mounts, Status::warning, fmt::format("{} on {} wants Kerberos", path, mount.mount.file),
        place(entry->entry), "whether the node has rpc.gssd and a keytab, krgboot does not know");
    return;
  }
  if (verdict.admission == exports::Admission::refused) {
    say(Stage::mounts, mount.fatal,
        fmt::format("{} is not exported to {}", path, trace_.machine.address->to_string()), mount.where);
    return;
  }
  if (verdict.admission == exports::Admission::allowed &&
      !can_be_exported(Stage::mounts, mount.fatal, verdict))
    return;
  if (verdict.admission == exports::Admission::allowed && !mount.mount.has_option("ro")) {
    mounted_writable(mount, path, verdict);
    return;
  }
  say(Stage::mounts, Status::ok, fmt::format("{} on {}", path, mount.mount.file), mount.where);
}

// The client mounts it however it is exported; that nobody can write shows later.
void Follower::mounted_writable(const ServerMount& mount, const std::string& path,
                                const exports::Verdict& verdict) {
  auto what = fmt::format("{} on {}", path, mount.mount.file);
  if (verdict.read_only) {
    // Of the pool, and meant so: the image's own export admits it, which is in the same file system.
    if (node_ == nullptr && pool_ && image_ != nullptr && verdict.exported_path == trace_.root_path) {
      say(Stage::mounts, Status::ok, what + ", read-only",
          place(*verdict.entry) + "; machines of this pool write nothing");
      return;
    }
    say(Stage::mounts, mount.fatal, fmt::format("{} is exported read-only", path), place(*verdict.entry));
    return;
  }
  if (verdict.all_squash) {
    say(Stage::mounts, Status::warning, what + ", where every user is nobody", place(*verdict.entry),
        "all_squash");
    return;
  }
  auto status = files_.root.status_through_links(path);
  auto is_roots = status && status->uid == 0 && (status->mode & others_write) == 0;
  if (verdict.root_squash && is_roots) {
    // What is only to hold other users' directories, as /home, is right so.
    auto closed = (status->mode & others_search) == 0 || model::is_within(mount.mount.file, "/var");
    say(Stage::mounts, closed ? Status::warning : Status::ok,
        closed ? what + ", which root of the node cannot use" : what + ", where root makes nothing",
        place(*verdict.entry) + "; the directory is root's, and root is squashed",
        closed ? "no_root_squash" : "");
    return;
  }
  say(Stage::mounts, Status::ok, what, mount.where);
  reaches(Stage::mounts, path, verdict);
}

void Follower::reaches(Stage stage, const std::string& path, const exports::Verdict& verdict) {
  auto reach = reach_of(files_.root, image_, path);
  if (!reach) return;
  auto squashed = verdict.root_squash || verdict.all_squash;
  auto finding = reach_finding(image_, *reach, {{path, verdict.read_only, squashed}});
  if (!finding) return;
  auto is_accepted = image_ != nullptr && image_->shares_file_system;
  if (is_accepted) finding = accepted(*std::move(finding), *image_->shares_file_system);
  // It boots all the same.
  say(stage, is_accepted ? Status::ok : Status::warning, finding->message, place(*verdict.entry),
      finding->hint);
}

}  // namespace krgboot
