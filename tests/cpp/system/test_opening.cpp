#include "krgboot/base/error.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/system/transaction.hpp"

#include <atomic>
#include <cerrno>
#include <functional>
#include <map>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "scratch.hpp"
#include "special_files.hpp"
#include "system/opening.hpp"
#include "system/reading.hpp"
#include "watched.hpp"

using namespace krgboot;

TEST_CASE("no way to open a file opens a device, a FIFO or a socket") {
  Scratch scratch;
  scratch.write("/var/lib/krgboot/manifest", "");
  chmod(scratch.host("/var/lib/krgboot").c_str(), 0755);
  auto root = scratch.root();
  auto confining = root.confining({"/d"});
  auto directory_of = [&](const Root& from) { return *from.directory("/d"); };
  scratch.make_directory("/d");
  scratch.write("/source", "bytes");
  const auto& host = scratch.host("/d/x");
  std::map<std::string, std::function<void()>> ways = {
      {"read", [&] { root.read_file("/d/x"); }},
      {"read through links", [&] { root.read_through_links("/d/x"); }},
      {"read in a confined place", [&] { confining.read_file("/d/x"); }},
      {"read in a directory", [&] { directory_of(root).read("x"); }},
      {"open", [&] { root.open("/d/x", O_RDONLY); }},
      {"open to write", [&] { root.open("/d/x", O_RDWR, LastLink::follow); }},
      {"open or make", [&] { root.open("/d/x", O_RDWR | O_CREAT, LastLink::stay, 0644); }},
      {"open or make in a confined place",
       [&] { confining.open("/d/x", O_RDWR | O_CREAT, LastLink::stay, 0644); }},
  };
  for (const auto& kind : special_kinds()) {
    make_special(host, kind);
    Watched watched(host);
    for (const auto& [way, open] : ways) {
      CAPTURE(kind, way);
      CHECK(error_number_of(open) == EINVAL);
      CHECK_FALSE(watched.was_opened());
    }
    CHECK_FALSE(root.same_content("/source", "/d/x"));
    CHECK_FALSE(watched.was_opened());
    CHECK_FALSE(open_at(AT_FDCWD, host.c_str(), O_RDONLY));
    CHECK(errno == EINVAL);
    CHECK_FALSE(watched.was_opened());
  }
}

TEST_CASE("a file planted in place of lock or journal is not opened") {
  for (const auto& kind : special_kinds()) {
    Scratch scratch;
    scratch.make_directory("/var/lib/krgboot");
    chmod(scratch.host("/var/lib/krgboot").c_str(), 0755);
    for (const std::string name : {"lock", "journal"}) {
      CAPTURE(kind, name);
      auto path = scratch.host("/var/lib/krgboot/" + name);
      make_special(path, kind);
      Watched watched(path);
      auto take = [&] {
        if (name == "lock") Lock lock(scratch.root());
        if (name == "journal") Transaction::recover(scratch.root());
      };
      CHECK(error_number_of(take) == EINVAL);
      CHECK_FALSE(watched.was_opened());
      unlink(path.c_str());
    }
  }
}

TEST_CASE("a file is opened as open(2) would, or made") {
  Scratch scratch;
  scratch.write("/file", "text");
  scratch.link("file", "/link");
  scratch.link("nowhere", "/dangling");
  auto root = scratch.root();
  CHECK(root.open("/file", O_RDONLY));
  CHECK(root.open("/link", O_RDONLY, LastLink::follow));
  CHECK_FALSE(root.open("/none", O_RDONLY));
  CHECK(error_number_of([&] { root.open("/link", O_RDONLY); }) == ELOOP);
  CHECK(error_number_of([&] { root.open("/", O_RDWR); }) == EISDIR);
  CHECK(root.open("/made", O_RDWR | O_CREAT, LastLink::stay, 0600));
  CHECK(root.status("/made")->mode == 0600);
  CHECK(root.open("/made", O_RDWR | O_CREAT, LastLink::stay, 0644));
  CHECK(root.status("/made")->mode == 0600);
  CHECK(error_number_of([&] { root.open("/dangling", O_RDWR | O_CREAT, LastLink::stay, 0644); }) == ELOOP);
  CHECK(error_number_of([&] { root.open("/file", O_RDWR | O_CREAT | O_EXCL, LastLink::stay, 0644); }) ==
        EEXIST);
  CHECK_FALSE(root.open("/none/made", O_RDWR | O_CREAT, LastLink::stay, 0644));
  // The descriptor is a normal one, not O_PATH.
  auto file = root.open("/file", O_RDONLY);
  CHECK((fcntl(file.get(), F_GETFL) & O_PATH) == 0);
  CHECK((fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a FIFO that replaces a file at the last moment is never opened") {
  Scratch scratch;
  scratch.write("/d/x", "text");
  make_special(scratch.host("/d/y"), "FIFO");
  auto inode = scratch.root().status("/d/y")->inode;
  // The watch follows the FIFO itself, across renames.
  Watched watched(scratch.host("/d/y"));
  std::atomic<bool> ends = false;
  std::thread swapping([&] {
    auto a = scratch.host("/d/x");
    auto b = scratch.host("/d/y");
    while (!ends) renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
  });
  auto root = scratch.root();
  int files = 0;
  int refused = 0;
  for (int i = 0; i < 200'000 && (files < 500 || refused < 500); ++i) {
    try {
      auto content = root.read_with_status("/d/x");
      if (!content || content->status.inode == inode) FAIL("it read what is no file");
      ++files;
    } catch (const IoError& error) {
      if (error.error_number() != EINVAL) throw;
      ++refused;
    }
  }
  ends = true;
  swapping.join();
  CHECK(files > 0);
  CHECK(refused > 0);
  CHECK_FALSE(watched.was_opened());
}
