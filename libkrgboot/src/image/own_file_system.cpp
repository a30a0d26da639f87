#include "krgboot/image/own_file_system.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/base/visible.hpp"
#include "krgboot/system/mounted_at.hpp"
#include "krgboot/system/process.hpp"

#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "system/state_directory.hpp"
#include "tree/attributes.hpp"

namespace krgboot {

namespace {

using Argv = std::vector<std::string>;

/// Name prefix of files and mount points under construction
constexpr std::string_view new_prefix = ".krgboot.filesystem.";

/// Directory in the new file system whose content finally moves to the root.
constexpr const char* tree_name = "/tree";

constexpr mode_t others = 077;

/// Programs get host paths: check that the path leads to the file that was opened beneath the root.
void check_leads_to(int descriptor, const std::string& host_path) {
  struct stat opened {};
  struct stat named {};
  if (fstat(descriptor, &opened) != 0 || stat(host_path.c_str(), &named) != 0)
    throw IoError("stat", host_path, errno);
  if (opened.st_dev != named.st_dev || opened.st_ino != named.st_ino)
    throw IoError("stat", host_path, EXDEV, "a link leads elsewhere");
}

bool is_mounted(const Root& root, const std::string& path) {
  auto here = mounted_at(root, path);
  return here && here->is_mount_point;
}

/// The temporary mount point of the file system while it is filled, and the file that holds it.
class Workshop {
 public:
  Workshop(const Root& root, const std::string& target, const FileSystem& filesystem)
      : root_(root),
        filesystem_(filesystem),
        mount_point_(fmt::format("{}/{}{}", parent_path(target), new_prefix, base_name(target))) {
    if (!filesystem.volume)
      new_file_ =
          fmt::format("{}/{}{}", parent_path(filesystem.file), new_prefix, base_name(filesystem.file));
    clear();
    root.make_directories(mount_point_, 0700);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  Workshop(Workshop&&) = delete;
  Workshop& operator=(Workshop&&) = delete;
  ~Workshop() {
    try {
      clear();
      // Otherwise the next command takes the new file system on the volume for foreign data.
      if (!begun_.empty()) check_run({"wipefs", "--quiet", "--all", begun_});
    } catch (const Error&) {  // the next command tries again
    }
  }

  void make() {
    auto device = filesystem_.volume ? volume() : file();
    begun_ = filesystem_.volume ? device : "";
    Argv mkfs{"mkfs." + to_string(filesystem_.type), "-q"};
    if (filesystem_.type == FileSystemType::ext4) mkfs.emplace_back("-F");
    mkfs.push_back(device);
    check_run(mkfs);
    device_ = device;
  }

  /// Neither nosuid nor nodev: the tools that make images refuse to work with them.
  void mount() {
    auto place = root_.open(mount_point_, O_PATH | O_DIRECTORY);
    if (!place) throw IoError("open", root_.describe(mount_point_), ENOENT);
    check_leads_to(place.get(), root_.describe(mount_point_));
    Argv argv{"mount", "-t", to_string(filesystem_.type)};
    if (!filesystem_.volume) argv.insert(argv.end(), {"-o", "loop"});
    argv.insert(argv.end(), {device_, root_.describe(mount_point_)});
    check_run(argv);
  }

  std::string host_path() const { return root_.describe(mount_point_); }

  /// Moves the content of the tree to the root of the file system.
  void lift(bool durable) const {
    Root inside(host_path());
    auto top = inside.directory("/");
    auto tree = inside.directory(tree_name);
    if (!top || !tree) throw IoError("open", host_path(), ENOENT);
    for (const auto& name : tree->list()) {
      if (renameat2(tree->descriptor(), name.c_str(), top->descriptor(), name.c_str(), RENAME_NOREPLACE) == 0)
        continue;
      // The file system has its own lost+found, and it is empty.
      if (name == "lost+found" && unlinkat(tree->descriptor(), name.c_str(), AT_REMOVEDIR) == 0) continue;
      throw IoError("rename", tree->describe(name), errno);
    }
    struct stat status {};
    if (fstat(tree->descriptor(), &status) != 0) throw IoError("stat", host_path(), errno);
    if (fchown(top->descriptor(), status.st_uid, status.st_gid) != 0)
      throw IoError("chown", host_path(), errno);
    for (const auto& attribute : read_attributes(tree->descriptor(), is_kept_attribute, host_path())) {
      const auto& value = attribute.value;
      if (fsetxattr(top->descriptor(), attribute.name.c_str(), value.data(), value.size(), 0) != 0)
        throw IoError("setxattr", host_path(), errno);
    }
    if (fchmod(top->descriptor(), status.st_mode & 07777U) != 0) throw IoError("chmod", host_path(), errno);
    if (unlinkat(top->descriptor(), tree_name + 1, AT_REMOVEDIR) != 0)
      throw IoError("remove", host_path() + tree_name, errno);
    if (durable && syncfs(top->descriptor()) != 0) throw IoError("sync", host_path(), errno);
  }

  /// Renames the file to its final name, and mounts the file system at `target`.
  void publish(const std::string& target) {
    check_run({"umount", host_path()});
    if (!filesystem_.volume) {
      auto above = root_.directory(parent_path(filesystem_.file));
      if (!above) throw IoError("open", root_.describe(filesystem_.file), ENOENT);
      auto name = base_name(filesystem_.file);
      if (renameat2(above->descriptor(), base_name(new_file_).c_str(), above->descriptor(), name.c_str(),
                    RENAME_NOREPLACE) != 0)
        throw IoError("rename", root_.describe(filesystem_.file), errno);
      if (fsync(above->descriptor()) != 0 && errno != EINVAL)
        throw IoError("sync", root_.describe(filesystem_.file), errno);
      device_ = root_.describe(filesystem_.file);
    }
    begun_.clear();
    root_.make_directories(target, 0755);
    auto place = root_.open(target, O_PATH | O_DIRECTORY);
    if (!place) throw IoError("open", root_.describe(target), ENOENT);
    check_leads_to(place.get(), root_.describe(target));
    const auto* options = filesystem_.volume ? "nosuid,nodev" : "loop,nosuid,nodev";
    check_run({"mount", "-t", to_string(filesystem_.type), "-o", options, device_, root_.describe(target)});
  }

 private:
  void clear() {
    if (root_.status(mount_point_)) {
      while (is_mounted(root_, mount_point_)) check_run({"umount", host_path()});
      auto above = root_.directory(parent_path(mount_point_));
      if (above && unlinkat(above->descriptor(), base_name(mount_point_).c_str(), AT_REMOVEDIR) != 0)
        throw IoError("remove", host_path(), errno);
    }
    if (new_file_.empty()) return;
    auto above = root_.directory(parent_path(new_file_));
    if (above && unlinkat(above->descriptor(), base_name(new_file_).c_str(), 0) != 0 && errno != ENOENT)
      throw IoError("remove", root_.describe(new_file_), errno);
  }

  std::string file() {
    auto parent = parent_path(filesystem_.file);
    root_.make_directories(parent, 0700);
    // mkfs and mount use its path: no other user may replace it.
    if (auto status = root_.status_through_links(parent)) require_own(*status, root_.describe(parent));
    if (root_.status(filesystem_.file))
      throw ConflictError(
          "filesystem.exists", root_.describe(filesystem_.file),
          fmt::format("{} is there already, and may hold data", visible(root_.describe(filesystem_.file))));
    auto made = root_.open(new_file_, O_RDWR | O_CREAT | O_EXCL, LastLink::stay, 0600);
    if (!made) throw IoError("open", root_.describe(new_file_), ENOENT);
    if (fchmod(made.get(), 0600) != 0) throw IoError("chmod", root_.describe(new_file_), errno);
    if (ftruncate(made.get(), static_cast<off_t>(filesystem_.size)) != 0)
      throw IoError("truncate", root_.describe(new_file_), errno);
    check_leads_to(made.get(), root_.describe(new_file_));
    return root_.describe(new_file_);
  }

  std::string volume() const {
    auto device = filesystem_.device();
    struct stat status {};
    if (stat(device.c_str(), &status) != 0) {
      if (errno != ENOENT) throw IoError("stat", device, errno);
      auto slash = filesystem_.volume->find('/');
      check_run({"lvcreate", "--yes", "--wipesignatures", "y", "--size", fmt::format("{}b", filesystem_.size),
                 "--name", filesystem_.volume->substr(slash + 1), filesystem_.volume->substr(0, slash)});
      if (stat(device.c_str(), &status) != 0) throw IoError("stat", device, errno);
    }
    if (!S_ISBLK(status.st_mode)) throw IoError("open", device, ENOTBLK);
    // blkid exits with 2 if it finds nothing, 0 for one signature, 8 for several.
    constexpr int nothing = 2;
    if (auto found = run({"blkid", "--probe", device}); found.status != nothing)
      throw ConflictError("filesystem.exists", device,
                          fmt::format("{} holds data already: {} (wipefs --all takes away what nobody needs)",
                                      device, visible(trim(found.output))));
    return device;
  }

  const Root& root_;
  const FileSystem& filesystem_;
  std::string mount_point_;
  std::string new_file_;  // until the file system is complete; empty for a volume
  std::string device_;    // host path
  std::string begun_;     // a volume with nothing but the unfinished file system
};

/// Makes the parent directory of an image, for its owner only, if it is missing.
void make_private_parent(const Root& root, const std::string& target) {
  auto path = parent_path(target);
  if (root.status_through_links(path)) return;
  root.make_directories(parent_path(path));
  root.make_directories(path, 0700);
}

/// The same, locked while a command works in it.
FileDescriptor private_parent(const Root& root, const std::string& target) {
  auto path = parent_path(target);
  make_private_parent(root, target);
  auto parent = root.open(path, O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!parent) throw IoError("open", root.describe(path), ENOENT);
  struct stat status {};
  if (fstat(parent.get(), &status) != 0) throw IoError("stat", root.describe(path), errno);
  if ((status.st_mode & others) != 0 || status.st_uid != geteuid()) {
    throw ConflictError("filesystem.parent_open", root.describe(path),
                        fmt::format("{0} is not its owner's alone: chmod 700 {0}, so that no user of this "
                                    "machine reaches the image's files",
                                    visible(root.describe(path))));
  }
  if (flock(parent.get(), LOCK_EX | LOCK_NB) != 0)
    throw ConflictError("filesystem.busy", root.describe(path),
                        fmt::format("another command works in {}", visible(root.describe(path))));
  return parent;
}

void check_is_free(const Root& root, const std::string& target) {
  if (!root.status(target)) return;
  auto names = root.list_directory(target);
  if (names && names->empty() && !is_mounted(root, target)) return;
  throw ConflictError("staging.exists", root.describe(target),
                      fmt::format("{} exists already", visible(root.describe(target))));
}

OwnFileSystemReport in_plain_directory(const Root& root, const std::string& target, std::string why_not,
                                       const BootstrapOptions& options) {
  auto names = root.list_directory(target);
  if (names && names->empty()) {  // left by an earlier mount
    auto above = root.directory(parent_path(target));
    if (above) unlinkat(above->descriptor(), base_name(target).c_str(), AT_REMOVEDIR);
  }
  return {bootstrap(root, target, options), false, std::move(why_not)};
}

}  // namespace

BootstrapReport bootstrap_plain(const Root& root, const std::string& target,
                                const BootstrapOptions& options) {
  make_private_parent(root, target);
  return bootstrap(root, target, options);
}

OwnFileSystemReport bootstrap_on_own(const Root& root, const std::string& target,
                                     const FileSystem& filesystem, const BootstrapOptions& options) {
  auto lock = private_parent(root, target);
  check_is_free(root, target);
  if (filesystem.volume && !root.is_host()) {
    lock = FileDescriptor();
    return in_plain_directory(root, target, "a volume is the server's own", options);
  }
  std::string why_not;
  {
    Workshop workshop(root, target, filesystem);
    workshop.make();
    auto is_mounted = true;
    try {
      workshop.mount();
    } catch (const CommandError& error) {
      if (root.is_host()) throw;
      is_mounted = false;
      why_not = error.output();
    }
    if (is_mounted) {
      auto report = bootstrap(Root(workshop.host_path()), tree_name, options);
      if (report.cancelled) return {std::move(report), false, ""};
      workshop.lift(options.durable);
      workshop.publish(target);
      return {std::move(report), true, ""};
    }
  }
  lock = FileDescriptor();
  return in_plain_directory(root, target, std::move(why_not), options);
}

}  // namespace krgboot
