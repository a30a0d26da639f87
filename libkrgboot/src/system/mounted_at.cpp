#include "krgboot/system/mounted_at.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

namespace krgboot {

namespace {

/// Files of /proc report size 0, so read to the end.
std::string read_proc(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw IoError("read", path, errno != 0 ? errno : EIO);
  return text.str();
}

/// "mnt_id:\t29"
std::string mount_id(int descriptor) {
  auto path = fmt::format("/proc/self/fdinfo/{}", descriptor);
  auto text = read_proc(path);
  constexpr std::string_view key = "mnt_id:";
  for (auto line : split_lines(text)) {
    if (line.substr(0, key.size()) == key) return std::string(trim(line.substr(key.size())));
  }
  throw IoError("read", path, ENODATA, "it names no mount");
}

/// One line of mountinfo: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue".
struct MountLine {
  std::string device;
  std::string root;  // path of the mounted part in the file system, "/" for all of it; blanks are escaped
  std::string type;
  std::string options;
};

std::optional<MountLine> find_mount(const std::string& id) {
  auto text = read_proc("/proc/self/mountinfo");
  for (auto line : split_lines(text)) {
    auto fields = split(trim(line), ' ');
    if (fields.size() < 10 || fields[0] != id) continue;
    MountLine found{std::string(fields[2]), std::string(fields[3]), "", ""};
    for (std::size_t i = 6; i + 1 < fields.size(); ++i) {
      if (fields[i] != "-") continue;
      found.type = fields[i + 1];
      found.options = fields.back();
      break;
    }
    return found;
  }
  return std::nullopt;
}

/// Is the file of `descriptor` the root of a mount? Then its parent lies on another mount; "/" has no parent.
bool begins_mount(int descriptor) {
  struct statx status {};
  if (statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE, &status) == 0 &&
      (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
    return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  FileDescriptor parent(::openat(descriptor, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return parent && mount_id(parent.get()) != mount_id(descriptor);
}

}  // namespace

std::optional<MountedAt> mounted_at(const Root& root, const std::string& path) {
  auto directory = root.open(path, O_PATH | O_DIRECTORY, LastLink::follow);
  if (!directory) return std::nullopt;
  struct statvfs flags {};
  if (fstatvfs(directory.get(), &flags) != 0) throw IoError("statvfs", root.describe(path), errno);
  auto nosuid = (flags.f_flag & ST_NOSUID) != 0;
  auto nodev = (flags.f_flag & ST_NODEV) != 0;
  if (auto mount = find_mount(mount_id(directory.get()))) {
    auto is_mount_point = begins_mount(directory.get());
    auto has_number = !mount->device.starts_with("0:") || flags.f_fsid != 0;
    return MountedAt{mount->device,  mount->root == "/" && is_mount_point,
                     is_mount_point, nosuid,
                     nodev,          mount->type,
                     mount->options, has_number};
  }
  // The mount cannot be seen from here: only its device is known, so assume the worst.
  struct stat status {};
  if (fstatat(directory.get(), "", &status, AT_EMPTY_PATH) != 0)
    throw IoError("stat", root.describe(path), errno);
  return MountedAt{fmt::format("{}:{}", major(status.st_dev), minor(status.st_dev)),
                   false,
                   begins_mount(directory.get()),
                   nosuid,
                   nodev,
                   "",
                   "",
                   true};
}

}  // namespace krgboot
