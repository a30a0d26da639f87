#include "krgboot/system/process.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/manifest.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/verify.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

#include "catch.hpp"
#include "sample_tree.hpp"
#include "system/extended_attributes.hpp"

using namespace krgboot;
using krgboot::test::set_attribute;

namespace {

std::string output_of(const std::vector<std::string>& argv, const std::string& directory) {
  RunOptions options;
  options.working_directory = directory;
  options.output_limit = 1U << 22U;
  options.environment = {{"LC_ALL", "C"}};
  return check_run(argv, options).output;
}

/// The tree as other programs see it.
std::string independent_view(const std::string& directory) {
  return output_of({"mtree", "-c", "-k", "type,mode,uid,gid,size,time,link,device,nlink,sha256"}, directory) +
         output_of({"getfattr", "-R", "-d", "-h", "-m", "-", "-e", "hex", "."}, directory) +
         output_of({"getfacl", "-R", "-n", "-P", "-s", "."}, directory) +
         output_of({"getcap", "-r", "."}, directory);
}

/// mtree writes a comment with the date and the user first.
std::string without_comments(const std::string& text) {
  std::string result;
  std::size_t start = 0;
  while (start < text.size()) {
    auto end = std::min(text.find('\n', start), text.size());
    auto line = text.substr(start, end - start);
    bool comment = line.rfind("#\t", 0) == 0 || line.rfind("# \t", 0) == 0;
    if (!comment) result += line + "\n";
    start = end + 1;
  }
  return result;
}

blkcnt_t blocks_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_blocks;
}

RestoreOptions everything() {
  RestoreOptions options;
  options.devices = Devices::all;
  return options;
}

/// Attributes with '=' in their names are left out: each archiver encodes them differently.
void check_same(const std::vector<TreeEntry>& found, const std::vector<TreeEntry>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(to_manifest_lines(found[i]) == to_manifest_lines(expected[i]));
}

}  // namespace

TEST_CASE("a tree with everything comes back as it was") {
  if (!may_make_everything()) return;
  Scratch scratch;
  make_everything(scratch, "/tree");
  set_attribute(scratch.host("/tree/etc/hostname"), "user.a=b%20\xff", "odd name");
  // 5.5 seconds before 1970.
  struct timespec early[2] = {{0, UTIME_OMIT}, {-6, 500'000'000}};
  REQUIRE(utimensat(AT_FDCWD, scratch.host("/tree/etc/empty").c_str(), early, 0) == 0);
  auto name = GENERATE(as<std::string>{}, "image.tar", "image.tar.zst", "image.tar.gz", "image.tar.xz");
  auto file = scratch.host("/" + name);
  auto report = krgboot::archive(Root(scratch.host("/tree")), file);
  CHECK(report.warnings.empty());
  auto expected = entries_of(scratch.host("/tree"));
  CHECK(report.entries == expected.size());
  CHECK(names_in(scratch, "/") == std::vector<std::string>{name, name + ".manifest", "tree"});

  auto restored = restore(file, scratch.root(), "/restored", everything());
  CHECK(restored.verified);
  CHECK(restored.warnings.empty());
  CHECK(restored.entries == expected.size());
  check_same(entries_of(scratch.host("/restored")), expected);
  CHECK(without_comments(independent_view(scratch.host("/restored"))) ==
        without_comments(independent_view(scratch.host("/tree"))));
  for (const auto* sparse : {"/etc/sparse", "/etc/sparse data last", "/etc/all hole"}) {
    INFO(sparse);
    CHECK(blocks_of(scratch.host("/restored") + sparse) <= blocks_of(scratch.host("/tree") + sparse));
    CHECK(blocks_of(scratch.host("/restored") + sparse) < 1000);
  }
  // mtree can read the manifest, and finds no differences.
  CHECK(output_of({"mtree", "-p", scratch.host("/restored"), "-f", file + ".manifest"}, "/") == "");
}

TEST_CASE("the same tree gives the same bytes for any number of threads") {
  Scratch scratch;
  std::string noise;
  std::uint64_t state = 1;
  while (noise.size() < 8'000'000) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    noise += std::to_string(state >> 40U);
  }
  scratch.write("/tree/usr/noise", noise);
  for (int i = 0; i < 300; ++i) scratch.write("/tree/etc/" + std::to_string(i), std::to_string(i * i));
  Root tree(scratch.host("/tree"));
  auto name = GENERATE(as<std::string>{}, "a.tar.zst", "a.tar.xz");
  ArchiveOptions options;
  options.level = 1;
  options.newest_mtime = 1'000'000;
  options.threads = 1;
  krgboot::archive(tree, scratch.host("/" + name), options);
  auto first = scratch.read("/" + name);
  auto manifest = scratch.read("/" + name + ".manifest");
  options.replace = true;
  for (unsigned threads : {2U, 5U}) {
    options.threads = threads;
    // The new file is later than the options allow, so its time is cut to the limit.
    scratch.write("/tree/etc/7", "49");
    krgboot::archive(tree, scratch.host("/" + name), options);
    CHECK(scratch.read("/" + name) == first);
    CHECK(scratch.read("/" + name + ".manifest") == manifest);
  }
  CHECK(manifest.find(" time=1000000.000000000 ") != std::string::npos);
}

TEST_CASE("GNU tar and bsdtar unpack krgboot's archives, and krgboot theirs") {
  if (!may_make_everything()) return;
  Scratch scratch;
  make_everything(scratch, "/tree");
  auto tree = scratch.host("/tree");
  auto expected = entries_of(tree);
  scratch.make_directory("/out");
  auto out = scratch.host("/out");
  auto file = scratch.host("/image.tar.zst");
  SECTION("GNU tar unpacks") {
    krgboot::archive(Root(tree), file);
    check_run(
        {"tar", "--xattrs", "--xattrs-include=*", "--acls", "--numeric-owner", "-xpf", file, "-C", out});
    check_same(entries_of(out), expected);
  }
  SECTION("bsdtar unpacks") {
    krgboot::archive(Root(tree), file);
    RunOptions utf8;
    utf8.environment = {{"LC_ALL", "C.UTF-8"}};
    check_run({"bsdtar", "--numeric-owner", "--acls", "--xattrs", "-xpf", file, "-C", out}, utf8);
    auto found = entries_of(out);
    found.front().mtime_ns = expected.front().mtime_ns;  // bsdtar does not restore the time of "."
    check_same(found, expected);
  }
  SECTION("GNU tar packed") {
    check_run({"tar", "--xattrs", "--xattrs-include=*", "--acls", "--sparse", "--numeric-owner",
               "--format=posix", "--zstd", "-cf", file, "-C", tree, "."});
    restore(file, scratch.root(), "/restored", everything());
    auto found = entries_of(scratch.host("/restored"));
    check_same(found, expected);
  }
  SECTION("bsdtar packed") {
    RunOptions utf8;
    utf8.environment = {{"LC_ALL", "C.UTF-8"}};
    check_run({"bsdtar", "--numeric-owner", "--acls", "--xattrs", "--format=pax", "--zstd", "-cf", file, "-C",
               tree, "."},
              utf8);
    restore(file, scratch.root(), "/restored", everything());
    check_same(entries_of(scratch.host("/restored")), expected);
  }
}

TEST_CASE("sockets and the contents of API file systems are left out") {
  Scratch scratch;
  scratch.write("/tree/proc/1/status", "x");
  scratch.write("/tree/dev/pts/0", "x");
  scratch.write("/tree/var/run/kept", "x");
  scratch.write("/tree/process/kept", "x");
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"));
  std::vector<std::string> paths;
  for (const auto& entry : parse_tree_manifest(scratch.read("/a.tar.manifest"))) paths.push_back(entry.path);
  CHECK(paths == std::vector<std::string>{".", "dev", "dev/pts", "proc", "process", "process/kept", "var",
                                          "var/run", "var/run/kept"});
  ArchiveOptions all;
  all.without_contents = {};
  all.replace = true;
  CHECK(krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"), all).entries == 12);
}
