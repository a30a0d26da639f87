// Hostile trees: files that vanish, shrink or change their type while they are read, mounts in the tree, and
// planted symlinks.
#include "krgboot/base/error.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/manifest.hpp"
#include "krgboot/tree/restore.hpp"

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "not_tested.hpp"
#include "sample_tree.hpp"
#include "system/forked.hpp"

using namespace krgboot;

namespace {

Refusal tree_refusal(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const ArchiveError& error) {
    CHECK(std::string(error.what()).find(error.entry()) != std::string::npos);
    return {error.code(), error.entry()};
  }
}

/// Runs `work` once, when `path` is reached.
ProgressCallback at(const std::string& path, const std::function<void()>& work) {
  auto done = std::make_shared<bool>(false);
  return [=](const Progress& progress) {
    usleep(60'000);  // long enough for a callback at the next entry
    if (progress.path == path && !std::exchange(*done, true)) work();
    return true;
  };
}

/// Runs `work` at the first entry, before most of a large tree has been read.
ProgressCallback at_first(const std::function<void()>& work) {
  auto done = std::make_shared<bool>(false);
  return [=](const Progress&) {
    if (!std::exchange(*done, true)) work();
    return true;
  };
}

std::vector<std::string> paths_in(const Scratch& scratch, const std::string& manifest) {
  std::vector<std::string> paths;
  for (const auto& entry : parse_tree_manifest(scratch.read(manifest))) paths.push_back(entry.path);
  return paths;
}

}  // namespace

TEST_CASE("a file that vanishes before it is read is named") {
  Scratch scratch;
  // More files than are read ahead.
  for (int i = 1000; i < 6000; ++i) scratch.write("/tree/d/" + std::to_string(i), "x");
  auto last = scratch.host("/tree/d/5999");
  ArchiveOptions options;
  options.durable = false;
  options.progress = at_first([&] { unlink(last.c_str()); });
  CHECK(tree_refusal([&] {
          krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"), options);
        }) == Refusal("tree.changed", "d/5999"));
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"tree"});
  scratch.write("/tree/d/5999", "x");
  options.when_changed = WhenChanged::warn;
  options.progress = at_first([&] { unlink(last.c_str()); });
  auto report = krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"), options);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0].code == "tree.changed");
  CHECK(report.warnings[0].key == "d/5999");
  CHECK(report.warnings[0].message.find("vanished") != std::string::npos);
  RestoreOptions quickly;
  quickly.durable = false;
  CHECK(restore(scratch.host("/a.tar"), scratch.root(), "/back", quickly).verified);
  CHECK(!scratch.exists("/back/d/5999"));
}

TEST_CASE("clone names what changes on its way") {
  Scratch scratch;
  scratch.write("/tree/a", "1");
  scratch.write("/tree/z", "2");
  Root tree(scratch.host("/tree"));
  auto z = scratch.host("/tree/z");
  CloneOptions options;
  options.durable = false;
  options.threads = 1;
  auto cloned = [&] { clone(tree, scratch.root(), "/copy", options); };
  options.progress = at("a", [&] { unlink(z.c_str()); });
  CHECK(tree_refusal(cloned) == Refusal("tree.changed", "z"));
  scratch.write("/tree/z", std::string(100'000, 'z'));
  options.progress = at("z", [&] { CHECK(truncate(z.c_str(), 10) == 0); });
  CHECK(tree_refusal(cloned) == Refusal("tree.changed", "z"));
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"tree"});
}

TEST_CASE("a file that shrinks while it is archived is named, and its archive is whole") {
  Scratch scratch;
  scratch.write("/tree/z", std::string(3'000'000, 'z'));
  Root tree(scratch.host("/tree"));
  auto z = scratch.host("/tree/z");
  ArchiveOptions options;
  options.durable = false;
  options.progress = at("z", [&] { CHECK(truncate(z.c_str(), 1'000'000) == 0); });
  CHECK(tree_refusal([&] { krgboot::archive(tree, scratch.host("/a.tar"), options); }) ==
        Refusal("tree.changed", "z"));
  scratch.write("/tree/z", std::string(3'000'000, 'z'));
  options.progress = at("z", [&] { CHECK(truncate(z.c_str(), 1'000'000) == 0); });
  options.when_changed = WhenChanged::warn;
  CHECK(krgboot::archive(tree, scratch.host("/a.tar"), options).warnings.size() == 1);
  RestoreOptions quickly;
  quickly.durable = false;
  CHECK(restore(scratch.host("/a.tar"), scratch.root(), "/back", quickly).verified);
  CHECK(scratch.read("/back/z").size() == 3'000'000);
}

TEST_CASE("mounts in a tree are left out") {
  if (!may_make_everything()) return;
  Scratch scratch;
  scratch.write("/tree/etc/inside", "1");
  scratch.write("/tree/etc/file", "covered");
  scratch.make_directory("/tree/mnt");
  scratch.make_directory("/tree/same");
  scratch.write("/outside/secret", "secret");
  auto done = status_of(forked([&] {
    // A private mount namespace: its mounts end with this process.
    if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      _exit(50);
    auto host = [&](const std::string& path) { return scratch.host(path); };
    if (mount("tmpfs", host("/tree/mnt").c_str(), "tmpfs", 0, nullptr) != 0) _exit(51);
    scratch.write("/tree/mnt/secret", "secret");
    // A bind mount of the same file system; and one over a file.
    if (mount(host("/outside").c_str(), host("/tree/same").c_str(), nullptr, MS_BIND, nullptr) != 0)
      _exit(52);
    auto report = krgboot::archive(Root(host("/tree")), host("/a.tar"));
    auto cloned = clone(Root(host("/tree")), scratch.root(), "/copy");
    if (report.warnings.size() != 2 || cloned.warnings.size() != 2) _exit(53);
    for (const auto& warning : report.warnings) {
      if (warning.code != "tree.mount_point" || (warning.key != "mnt" && warning.key != "same")) _exit(54);
    }
    _exit(7);
  }));
  if (done == 50) {
    not_tested("no mount namespace may be made here");
    return;
  }
  CHECK(done == 7);
  std::vector<std::string> expected = {".", "etc", "etc/file", "etc/inside", "mnt", "same"};
  CHECK(paths_in(scratch, "/a.tar.manifest") == expected);
  CHECK(names_in(scratch, "/copy/mnt").empty());
  CHECK(names_in(scratch, "/copy/same").empty());
}

TEST_CASE("a directory that becomes a link while the tree is read leads nowhere") {
  Scratch scratch;
  scratch.write("/outside/secret", "secret");
  for (int i = 0; i < 20; ++i) scratch.write("/tree/d/" + std::to_string(i), "mine");
  scratch.link(scratch.host("/outside"), "/tree/l");
  scratch.link(scratch.host("/outside/secret"), "/tree/d/link");
  scratch.write("/tree/d/secret", "mine");
  std::atomic<bool> stop = false;
  auto exchanged = [&](const std::string& a, const std::string& b) {
    return renameat2(AT_FDCWD, scratch.host(a).c_str(), AT_FDCWD, scratch.host(b).c_str(), RENAME_EXCHANGE) ==
           0;
  };
  std::thread racer([&] {
    while (!stop && exchanged("/tree/d", "/tree/l") && exchanged("/tree/l/link", "/tree/l/secret")) {
      exchanged("/tree/l/link", "/tree/l/secret");
      exchanged("/tree/d", "/tree/l");
    }
  });
  ArchiveOptions options;
  options.durable = false;
  options.replace = true;
  options.when_changed = WhenChanged::warn;
  CloneOptions cloning;
  cloning.replace = true;
  cloning.durable = false;
  cloning.when_changed = WhenChanged::warn;
  std::string seen;
  auto raced = [&] {
    krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"), options);
    seen = scratch.read("/a.tar");
    // The file's path and target also contain "secret", but not at the start of a block as its content would.
    for (std::size_t block = 0; block < seen.size(); block += 512) {
      if (seen.compare(block, 7, std::string("secret\0", 7)) == 0) FAIL_CHECK("the host's file was read");
    }
    clone(Root(scratch.host("/tree")), scratch.root(), "/copy", cloning);
    for (const auto& one : std::filesystem::recursive_directory_iterator(scratch.host("/copy"))) {
      if (one.is_regular_file() && !one.is_symlink()) CHECK(one.file_size() == 4);
    }
  };
  std::string failure;
  try {
    for (int i = 0; i < 60; ++i) raced();
  } catch (const Error& error) {
    failure = error.what();
  }
  stop = true;
  racer.join();
  CHECK(failure == "");
}
