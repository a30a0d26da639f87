#pragma once

#include "krgboot/system/root.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace krgboot {

struct LockOptions {
  /// How long to wait for another holder; nullopt: without end; zero: not at all.
  std::optional<std::chrono::milliseconds> timeout;
  /// Asked about ten times a second while waiting; false gives up as the timeout does.
  std::function<bool()> keep_waiting;
};

/// Where krgboot keeps its lock, its journal and its manifest, as seen inside a root. What others could have
/// put there is not used: see Lock and Transaction::recover.
inline constexpr const char* default_state_directory = "/var/lib/krgboot";

/// Exclusive right to change what lies beneath a root, among processes that take the same lock; held until
/// destroyed, and given back by the kernel when the holder dies (flock(2)). The lock file stays behind: to
/// remove it would let two processes hold locks on two files of one name.
class Lock {
 public:
  /// Locks STATE_DIRECTORY/lock, making the directory (0755) and the file (0644) where missing. Throws
  /// ConflictError "lock.busy", naming the holder where the kernel tells it, when time is up, "state.foreign"
  /// where the directory belongs neither to root nor to the effective user, "state.writable" where its group
  /// or others can write it; IoError, also for a lock that is no regular file, which is never opened.
  explicit Lock(const Root& root, const LockOptions& options = {},
                const std::string& state_directory = default_state_directory);

 private:
  FileDescriptor descriptor_;
};

}  // namespace krgboot
