#include "krgboot/system/lock.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "opening.hpp"
#include "path.hpp"
#include "state_directory.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

using Clock = std::chrono::steady_clock;

/// The process that holds the lock, from /proc/locks: "3: FLOCK  ADVISORY  WRITE 711 fe:00:131 0 EOF". Empty
/// if the process is not found there (another device number of the file system, a process of another
/// namespace, no /proc).
std::string holder_of(const FileStatus& lock) {
  auto device = static_cast<dev_t>(lock.device);
  auto wanted = fmt::format("{:02x}:{:02x}:{}", major(device), minor(device), lock.inode);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream fields(line);
    std::string number, type, advisory, access, process, file;
    fields >> number >> type >> advisory >> access >> process >> file;
    if (type == "FLOCK" && file == wanted && process != "0" && process != "-1") return process;
  }
  return "";
}

/// Opens the lock, a regular file. A device or symlink planted in its place is not opened or followed, and a
/// FIFO does not block.
FileDescriptor open_lock(const Root& root, const std::string& state_directory, const std::string& host_path) {
  auto directory = open_state_directory(root, state_directory);
  if (!directory) throw IoError("open", root.describe(state_directory), ENOENT);
  // Any user who can open the file, even just for reading, can lock it.
  constexpr mode_t owner_alone = 0600;
  auto descriptor = open_at(directory.get(), "lock", O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW, owner_alone);
  if (!descriptor) throw IoError("open", host_path, errno, why_not_opened(errno));
  auto status = system_call::status_of(descriptor.get(), host_path);
  if (status.uid == geteuid() && status.mode != owner_alone && fchmod(descriptor.get(), owner_alone) != 0)
    throw IoError("chmod", host_path, errno);
  return descriptor;
}

}  // namespace

Lock::Lock(const Root& root, const LockOptions& options, const std::string& state_directory) {
  auto host_path = root.describe(joined_path(state_directory, "lock"));
  root.make_directories(state_directory, 0755);
  auto descriptor = open_lock(root, state_directory, host_path);

  auto start = Clock::now();
  auto pause = std::chrono::milliseconds(1);
  auto time_is_up = [&] { return options.timeout && Clock::now() - start >= *options.timeout; };
  while (system_call::retried([&] { return flock(descriptor.get(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) throw IoError("lock", host_path, errno);
    if (time_is_up() || (options.keep_waiting && !options.keep_waiting())) {
      auto holder = holder_of(system_call::status_of(descriptor.get(), host_path));
      throw ConflictError(
          "lock.busy", host_path,
          holder.empty()
              ? fmt::format("another krgboot command is at work ({} is locked)", host_path)
              : fmt::format("another krgboot command is at work (process {} holds {})", holder, host_path));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(100));
  }
  descriptor_ = std::move(descriptor);
}

}  // namespace krgboot
