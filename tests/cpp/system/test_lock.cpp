#include "krgboot/system/lock.hpp"

#include <array>
#include <csignal>
#include <fstream>

#include <sys/stat.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "forked.hpp"
#include "scratch.hpp"

using krgboot::ConflictError;
using krgboot::Lock;
using krgboot::LockOptions;

namespace {

const LockOptions not_waiting{std::chrono::milliseconds(0), nullptr};

}  // namespace

TEST_CASE("a lock makes its directory and its file, and leaves them") {
  Scratch scratch;
  auto old_mask = umask(0077);
  {
    Lock lock(scratch.root());
    umask(old_mask);
    CHECK(scratch.root().status("/var/lib/krgboot")->mode == 0755);
  }
  CHECK(scratch.root().status("/var/lib/krgboot/lock")->kind == krgboot::FileKind::file);
  Lock again(scratch.root(), not_waiting);
}

TEST_CASE("a second lock is refused and names the holder") {
  Scratch scratch;
  Lock lock(scratch.root());
  auto thrown = error_of<ConflictError>([&] { return Lock(scratch.root(), not_waiting); });
  CHECK(thrown.code == "lock.busy");
  CHECK(thrown.subject == scratch.host("/var/lib/krgboot/lock"));
  CHECK(thrown.message.find(std::to_string(getpid())) != std::string::npos);
  // Another root, or another state directory, has a lock of its own.
  Scratch other;
  Lock elsewhere(other.root(), not_waiting);
  Lock beside(scratch.root(), not_waiting, "/var/lib/other");
}

TEST_CASE("waiting ends with the timeout, or when the caller gives up") {
  Scratch scratch;
  Lock lock(scratch.root());
  CHECK(error_of<ConflictError>([&] {
          return Lock(scratch.root(), {std::chrono::milliseconds(20), nullptr});
        }).code == "lock.busy");
  int asked = 0;
  CHECK(error_of<ConflictError>([&] {
          return Lock(scratch.root(), {std::nullopt, [&] { return ++asked < 3; }});
        }).code == "lock.busy");
  CHECK(asked == 3);
}

TEST_CASE("the lock ends with its holder") {
  Scratch scratch;
  std::array<int, 2> ready{};
  REQUIRE(pipe(ready.data()) == 0);
  auto child = forked([&] {
    Lock lock(scratch.root());
    [[maybe_unused]] auto written = write(ready[1], "x", 1);
    for (;;) pause();
  });
  close(ready[1]);
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  CHECK(error_of<ConflictError>([&] { return Lock(scratch.root(), not_waiting); }).code == "lock.busy");
  kill(child, SIGKILL);
  CHECK(status_of(child) == 128 + SIGKILL);
  Lock lock(scratch.root(), not_waiting);
  close(ready[0]);
}

TEST_CASE("eight processes at once are serialised, none is lost") {
  Scratch scratch;
  scratch.write("/counter", "0");
  std::array<pid_t, 8> children{};
  for (auto& child : children) {
    child = forked([&] {
      for (int i = 0; i < 25; ++i) {
        Lock lock(scratch.root());
        auto count = std::stoi(scratch.read("/counter"));
        std::ofstream(scratch.host("/counter")) << count + 1;
      }
    });
  }
  for (auto child : children) CHECK(status_of(child) == 0);
  CHECK(scratch.read("/counter") == "200");
}

TEST_CASE("a file planted in place of the lock is refused") {
  Scratch outside;
  Scratch scratch;
  scratch.make_directory("/var/lib/krgboot");
  SECTION("a symlink") {
    scratch.link(outside.host("/made"), "/var/lib/krgboot/lock");
    CHECK(error_of<krgboot::IoError>([&] { return Lock(scratch.root()); }).code == "io.open");
    CHECK_FALSE(outside.exists("/made"));
  }
  SECTION("a FIFO") {
    REQUIRE(mkfifo(scratch.host("/var/lib/krgboot/lock").c_str(), 0600) == 0);
    auto thrown = error_of<krgboot::IoError>([&] { return Lock(scratch.root()); });
    CHECK(thrown.code == "io.open");
    CHECK(thrown.message.find("it is a device, a socket or a FIFO") != std::string::npos);
  }
  SECTION("a directory") {
    scratch.make_directory("/var/lib/krgboot/lock");
    CHECK(error_of<krgboot::IoError>([&] { return Lock(scratch.root()); }).code == "io.open");
  }
}

TEST_CASE("nobody but its owner can hold a lock") {
  Scratch scratch;
  auto file = scratch.host("/var/lib/krgboot/lock");
  auto before = umask(0);
  { krgboot::Lock lock(scratch.root()); }
  umask(before);
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
  REQUIRE(chmod(file.c_str(), 0644) == 0);  // the mode that krgboot 0.1.0 used
  { krgboot::Lock lock(scratch.root()); }
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
}
