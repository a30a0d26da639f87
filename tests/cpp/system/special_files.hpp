#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "catch.hpp"
#include "not_tested.hpp"

/// File types that must never be opened by mistake; device nodes only if this process can make them.
inline std::vector<std::string> special_kinds() {
  if (geteuid() == 0) return {"FIFO", "socket", "character device", "block device"};
  not_tested("only root can make device nodes");
  return {"FIFO", "socket"};
}

/// Makes a special file; the devices are /dev/zero and a block device that does not exist.
inline void make_special(const std::string& path, const std::string& kind) {
  unlink(path.c_str());
  if (kind == "FIFO") {
    REQUIRE(mkfifo(path.c_str(), 0644) == 0);
  } else if (kind == "socket") {
    struct sockaddr_un name {};
    name.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof name.sun_path);
    std::copy(path.begin(), path.end(), name.sun_path);
    auto descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(bind(descriptor, reinterpret_cast<const struct sockaddr*>(&name), sizeof name) == 0);
    close(descriptor);
  } else if (kind == "character device") {
    REQUIRE(mknod(path.c_str(), S_IFCHR | 0644, makedev(1, 5)) == 0);
  } else {
    REQUIRE(mknod(path.c_str(), S_IFBLK | 0644, makedev(4095, 4095)) == 0);
  }
}
