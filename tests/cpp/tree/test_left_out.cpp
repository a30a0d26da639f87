// Files of a tree that are not put into archives and copies: mounts and sockets. Also files that only look
// like mounts.
#include "krgboot/base/error.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/diff.hpp"
#include "krgboot/tree/scan.hpp"
#include "krgboot/tree/verify.hpp"

#include <functional>
#include <map>
#include <set>

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "not_tested.hpp"
#include "sample_tree.hpp"
#include "system/own_mounts.hpp"

using namespace krgboot;

namespace {

/// Runs `action` in a private mount namespace, which ends with the process; false if no namespace or no
/// overlay can be made.
bool in_own_mounts(const std::function<void()>& action) {
  if (!may_make_everything()) return false;
  auto status = with_own_mounts([&] {
    action();
    return true;
  });
  if (status == may_not_mount) {
    not_tested("no mount namespace, or no overlay, may be made here");
    return false;
  }
  CHECK(status == 0);
  return status == 0;
}

void bind_over(const std::string& from, const std::string& to) {
  require(bind_mount(from, to), "a mount over " + to);
}

void memory(const std::string& at) {
  require(mount_memory(at, 0), "tmpfs at " + at);
}

/// Makes /tree, an overlay of a directory on the disk and one in memory, with files and hard links in both.
void make_overlay(const Scratch& scratch) {
  for (const auto* name : {"sub/file", "sub/only below", "top", "links/a", "changed"})
    scratch.write(std::string("/lower/") + name, std::string("content of ") + name);
  auto host = [&](const std::string& path) { return scratch.host(path); };
  require(link(host("/lower/links/a").c_str(), host("/lower/sub/b").c_str()) == 0, "link in the lower layer");
  scratch.make_directory("/lower/mnt/disk");
  scratch.make_directory("/lower/mnt/memory");
  scratch.make_directory("/tree");
  scratch.make_directory("/memory");
  memory(host("/memory"));
  scratch.make_directory("/memory/upper");
  scratch.make_directory("/memory/work");
  auto options = "lowerdir=" + host("/lower") + ",upperdir=" + host("/memory/upper") +
                 ",workdir=" + host("/memory/work");
  if (mount("overlay", host("/tree").c_str(), "overlay", 0, options.c_str()) != 0) _exit(may_not_mount);
  scratch.write("/tree/changed", "in memory");
  scratch.write("/tree/new", "in memory, too");
  require(link(host("/tree/new").c_str(), host("/tree/links/new").c_str()) == 0, "link in the upper layer");
}

std::map<std::string, TreeEntry> by_path(const std::string& host_path) {
  std::map<std::string, TreeEntry> entries;
  for (auto& entry : entries_of(host_path)) entries.emplace(entry.path, entry);
  return entries;
}

Thrown archive_error(const std::function<void()>& call) {
  return error_of<ArchiveError>([&] {
    call();
    return 0;
  });
}

}  // namespace

TEST_CASE("all files of an overlay of two file systems are its own") {
  Scratch scratch;
  auto shown = in_own_mounts([&] {
    make_overlay(scratch);
    Root tree(scratch.host("/tree"));
    struct stat directory {};
    struct stat file {};
    require(stat(scratch.host("/tree/sub").c_str(), &directory) == 0, "stat");
    require(stat(scratch.host("/tree/sub/file").c_str(), &file) == 0, "stat");
    // Otherwise the kernel uses the same device number for both layers, and this shows nothing.
    if (directory.st_dev == file.st_dev) std::cerr << "device numbers do not differ here\n";

    auto report = krgboot::archive(tree, scratch.host("/a.tar"));
    require(report.warnings.empty(), "no warning");
    auto entries = by_path(scratch.host("/tree"));
    for (const auto* path : {"changed", "links/a", "links/new", "new", "sub/b", "sub/file", "sub/only below"})
      require(entries.count(path) == 1, path);
    require(entries["sub/b"].hard_link == "links/a", "a hard link of the lower layer");
    require(entries["new"].hard_link == "links/new", "a hard link of the upper layer");
    for (const auto* path : {"changed", "top", "sub/file"})
      require(entries[path].hard_link.empty(), std::string(path) + " has one name");
    require(verify_tree(tree, scratch.host("/a.tar.manifest")).same(), "as its manifest says");
    clone(tree, scratch.root(), "/copy");
    auto differences = diff_trees(tree_source(scratch.host("/a.tar")), tree_source(scratch.host("/copy")));
    for (const auto& difference : differences.differences) std::cerr << to_string(difference) << '\n';
    require(differences.same(), "archive and copy are the same");
  });
  if (!shown) return;
  CHECK(scratch.read("/copy/sub/file") == "content of sub/file");
  CHECK(scratch.read("/copy/changed") == "in memory");
}

TEST_CASE("a mount within an overlay is found") {
  Scratch scratch;
  in_own_mounts([&] {
    make_overlay(scratch);
    auto host = [&](const std::string& path) { return scratch.host(path); };
    memory(host("/tree/mnt/memory"));
    scratch.write("/tree/mnt/memory/secret", "secret");
    scratch.write("/outside", "secret");
    bind_over(host("/lower"), host("/tree/mnt/disk"));
    bind_over(host("/outside"), host("/tree/top"));
    bind_over(host("/tree/new"), host("/tree/sub/file"));  // from the same file system
    auto refused = archive_error([&] { krgboot::archive(Root(host("/tree")), host("/a.tar")); });
    require(refused.code == "tree.left_out", refused.code + refused.message);
    for (const auto* name : {"/tree/top", "/tree/sub/file"})
      require(refused.message.find(host(name)) != std::string::npos, refused.message);
    ArchiveOptions options;
    options.allow_loss = true;
    auto report = krgboot::archive(Root(host("/tree")), host("/a.tar"), options);
    std::set<std::string> warned;
    for (const auto& warning : report.warnings) {
      require(warning.code == "tree.mount_point", warning.code);
      warned.insert(warning.key);
    }
    require(warned == std::set<std::string>{"mnt/disk", "mnt/memory", "sub/file", "top"}, "four warnings");
  });
}

TEST_CASE("a file that is a mount is left out if allowed, and otherwise reported") {
  Scratch scratch;
  in_own_mounts([&] {
    constexpr int count = 23;
    for (int i = 0; i < count; ++i) scratch.write("/tree/etc/" + std::to_string(i), "covered");
    scratch.write("/tree/plain", "plain");
    scratch.write("/outside", "secret");
    auto host = [&](const std::string& path) { return scratch.host(path); };
    for (int i = 0; i < count; ++i) bind_over(host("/outside"), host("/tree/etc/" + std::to_string(i)));
    Root tree(host("/tree"));
    for (const auto& refused : {archive_error([&] { krgboot::archive(tree, host("/a.tar")); }),
                                archive_error([&] { clone(tree, scratch.root(), "/c"); })}) {
      require(refused.code == "tree.left_out" && refused.subject == host("/tree"), refused.code);
      auto said = [&](const std::string& text) {
        require(refused.message.find(text) != std::string::npos, text + " is in " + refused.message);
      };
      said("23 files would be left out");
      said("\n  " + host("/tree/etc/0") + " is a mount point\n");
      said("\n  and 3 more\n");
      said("--allow-loss");
    }
    require(names_in(scratch, "/") == std::vector<std::string>{"outside", "tree"}, "nothing was made");

    CloneOptions cloning;
    cloning.allow_loss = true;
    auto cloned = clone(tree, scratch.root(), "/c", cloning);
    ArchiveOptions archiving;
    archiving.allow_loss = true;
    auto archived = krgboot::archive(tree, host("/a.tar"), archiving);
    require(cloned.warnings.size() == count && archived.warnings.size() == count, "all are told");
    require(names_in(scratch, "/c/etc").empty(), "they are left out");
    require(names_in(scratch, "/c") == std::vector<std::string>{"etc", "plain"}, "and nothing else is");
    // scan does not fail because of losses.
    auto scanned = scan(tree, [](const TreeEntry&) {});
    require(scanned.warnings.size() == count, "told by scan");
    require(verify_tree(tree, host("/a.tar.manifest")).same(), "as the archive has it");
  });
}

TEST_CASE("a socket is left out with a warning") {
  Scratch scratch;
  scratch.write("/tree/file", "x");
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  auto name = scratch.host("/tree/socket");
  REQUIRE(name.size() < sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  auto listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(listener, reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0);
  close(listener);
  auto archived = krgboot::archive(scratch.root().beneath("/tree"), scratch.host("/a.tar"));
  auto cloned = clone(scratch.root().beneath("/tree"), scratch.root(), "/c");
  for (const auto& warnings : {archived.warnings, cloned.warnings}) {
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().code == "tree.socket");
    CHECK(warnings.front().key == "socket");
  }
  CHECK(names_in(scratch, "/c") == std::vector<std::string>{"file"});
}
