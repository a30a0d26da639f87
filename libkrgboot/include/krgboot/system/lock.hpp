#pragma once

#include "krgboot/system/root.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace krgboot {

/// How long to wait for a lock.
struct LockOptions {
  /// Limit of the waiting time; nullopt: none; zero: do not wait.
  std::optional<std::chrono::milliseconds> timeout;
  /// Asked about ten times a second while waiting; false has the effect of the timeout.
  std::function<bool()> keep_waiting;
};

/// Directory of krgboot's lock, journal and manifest, as a path inside a root. krgboot does not use files in
/// it that others could have written; see Lock and Transaction::recover.
inline constexpr const char* default_state_directory = "/var/lib/krgboot";

/// Exclusive right to change files in a root, among processes that take the same lock. It is held until the
/// object is destroyed; the kernel releases it when the process dies (flock(2)). The lock file is not
/// removed: two processes could otherwise hold locks on two files of one name.
class Lock {
 public:
  /// Locks STATE_DIRECTORY/lock; a missing directory (0755) and file (0600) are made. `state_directory` is a
  /// path inside the root. Throws ConflictError "lock.busy" when the waiting time is over, with the holder's
  /// process ID if the kernel tells it, "state.foreign" if the directory belongs neither to root nor to the
  /// effective user, "state.writable" if its group or others can write to it; IoError, also if the lock is
  /// not a regular file, which is never opened.
  explicit Lock(const Root& root, const LockOptions& options = {},
                const std::string& state_directory = default_state_directory);

 private:
  FileDescriptor descriptor_;
};

}  // namespace krgboot
