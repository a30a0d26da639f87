#pragma once

#include <array>
#include <cstdlib>
#include <string>

#include <sys/inotify.h>
#include <unistd.h>

/// Has the file been opened since this object was made? For a FIFO or a device this includes a call of its
/// driver's open. Opening with O_PATH does not count.
class Watched {
 public:
  explicit Watched(const std::string& path) : descriptor_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (inotify_add_watch(descriptor_, path.c_str(), IN_OPEN) < 0) std::abort();
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() { close(descriptor_); }

  bool was_opened() const {
    std::array<char, 4096> events{};
    return read(descriptor_, events.data(), events.size()) > 0;
  }

 private:
  int descriptor_;
};
