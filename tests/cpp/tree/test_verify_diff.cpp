#include "krgboot/base/error.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/diff.hpp"
#include "krgboot/tree/manifest.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/verify.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "sample_tree.hpp"

using namespace krgboot;

namespace {

std::vector<std::string> lines(const DifferenceReport& report) {
  std::vector<std::string> result;
  for (const auto& difference : report.differences) {
    auto line = difference.path;
    for (const auto& field : difference.fields) line += " " + field.field;
    const char* mark[] = {"- ", "+ ", "! "};
    result.push_back(mark[static_cast<int>(difference.kind)] + line);
  }
  return result;
}

}  // namespace

TEST_CASE("verify and diff name what has changed") {
  Scratch scratch;
  for (const auto* name : {"a", "content", "gone", "mode", "time"})
    scratch.write(std::string("/tree/d/") + name, name);
  scratch.link("x", "/tree/d/link");
  REQUIRE(link(scratch.host("/tree/d/a").c_str(), scratch.host("/tree/d/z").c_str()) == 0);
  auto tree = scratch.host("/tree");
  krgboot::archive(Root(tree), scratch.host("/a.tar.zst"));
  auto manifest = scratch.host("/a.tar.zst.manifest");
  CHECK(verify_tree(Root(tree), manifest).same());
  CHECK(verify_tree(Root(tree), manifest).entries == 9);

  auto stamp = scratch.root().status("/tree/d")->mtime_ns;
  auto content_time = scratch.root().status("/tree/d/content")->mtime_ns;
  scratch.write("/tree/d/content", "CONTENT");
  struct timespec same[2] = {{0, UTIME_OMIT}, {content_time / 1'000'000'000, content_time % 1'000'000'000}};
  REQUIRE(utimensat(AT_FDCWD, scratch.host("/tree/d/content").c_str(), same, 0) == 0);
  unlink(scratch.host("/tree/d/gone").c_str());
  unlink(scratch.host("/tree/d/link").c_str());
  scratch.link("y", "/tree/d/link");
  set_time(scratch.host("/tree/d/link"), 5);
  chmod(scratch.host("/tree/d/mode").c_str(), 0600);
  scratch.write("/tree/d/new", "new");
  set_time(scratch.host("/tree/d/time"), 7);
  unlink(scratch.host("/tree/d/z").c_str());
  scratch.write("/tree/d/z", "a");
  struct timespec back[2] = {{0, UTIME_OMIT}, {stamp / 1'000'000'000, stamp % 1'000'000'000}};
  REQUIRE(utimensat(AT_FDCWD, scratch.host("/tree/d").c_str(), back, 0) == 0);

  std::vector<std::string> expected = {"! d/content sha256", "- d/gone", "! d/link link time",
                                       "! d/mode mode",      "+ d/new",  "! d/time time",
                                       "! d/z hard_link"};
  auto report = verify_tree(Root(tree), manifest);
  CHECK(lines(report) == expected);
  CHECK(report.count == expected.size());
  CHECK(to_string(report.differences[3]) == "! d/mode: mode 0644 -> 0600");
  VerifyOptions few;
  few.most_differences = 2;
  CHECK(verify_tree(Root(tree), manifest, few).differences.size() == 2);
  CHECK(verify_tree(Root(tree), manifest, few).count == expected.size());

  auto now = tree_source(tree);
  CHECK(now.kind == TreeSource::Kind::directory);
  CHECK(tree_source(manifest).kind == TreeSource::Kind::manifest);
  CHECK(tree_source(scratch.host("/a.tar.zst")).kind == TreeSource::Kind::archive);
  CHECK(lines(diff_trees(tree_source(manifest), now)) == expected);
  CHECK(lines(diff_trees(tree_source(scratch.host("/a.tar.zst")), now)) == expected);
  CHECK(diff_trees(tree_source(scratch.host("/a.tar.zst")), tree_source(manifest)).same());
  auto json = nlohmann::json::parse(to_json(report));
  CHECK(json["count"] == expected.size());
  CHECK(json["same"] == false);
  CHECK(json["differences"][3]["fields"][0]["found"] == "0600");
  CHECK(json["differences"][1]["kind"] == "missing");
  CHECK_THROWS_AS(tree_source(scratch.host("/nothing")), IoError);
}

TEST_CASE("archives in another order can be compared") {
  if (!may_make_everything()) return;
  Scratch scratch;
  make_everything(scratch, "/tree");
  auto tree = scratch.host("/tree");
  auto file = scratch.host("/a.tar");
  check_run({"tar",         "--xattrs", "--xattrs-include=*",
             "--acls",      "--sparse", "--format=posix",
             "--sort=name", "-cf",      file,
             "-C",          tree,       "./usr",
             "./links",     "./etc",    "./acl",
             "./dev",       "./names",  "./owner",
             "./empty",     "./tmp"});
  auto report = diff_trees(tree_source(tree), tree_source(file));
  // Only the tree's own entry is missing from the archive.
  CHECK(lines(report) == std::vector<std::string>{"- ."});
}

TEST_CASE("a name keeps its file in an archive where the file's first name becomes another's") {
  Scratch scratch;
  scratch.write("/one/a", "old");
  REQUIRE(link(scratch.host("/one/a").c_str(), scratch.host("/one/b").c_str()) == 0);
  scratch.write("/two/a", "new, and longer");
  auto file = scratch.host("/a.tar");
  check_run({"tar", "--format=posix", "-cf", file, "-C", scratch.host("/one"), "a", "b"});
  check_run({"tar", "--format=posix", "-rf", file, "-C", scratch.host("/two"), "a"});
  restore(file, scratch.root(), "/restored");
  CHECK(scratch.read("/restored/b") == "old");
  CHECK(lines(diff_trees(tree_source(file), tree_source(scratch.host("/restored")))) ==
        std::vector<std::string>{"+ ."});
}

TEST_CASE("a clone is the same tree") {
  if (!may_make_everything()) return;
  Scratch scratch;
  make_everything(scratch, "/tree");
  auto expected = entries_of(scratch.host("/tree"));
  auto report = clone(Root(scratch.host("/tree")), scratch.root(), "/copy");
  CHECK(report.warnings.empty());
  CHECK(report.entries == expected.size());
  auto found = entries_of(scratch.host("/copy"));
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(to_manifest_lines(found[i]) == to_manifest_lines(expected[i]));
  struct stat status {};
  for (const auto* sparse : {"/copy/etc/sparse", "/copy/etc/all hole"}) {
    REQUIRE(stat(scratch.host(sparse).c_str(), &status) == 0);
    CHECK(status.st_blocks < 1000);
  }
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"copy", "tree"});
  CHECK_THROWS_AS(clone(Root(scratch.host("/tree")), scratch.root(), "/copy"), ConflictError);
  CHECK_THROWS_AS(clone(Root(scratch.host("/tree")), scratch.root(), "/tree/etc/copy"), ArgumentError);
  CHECK_THROWS_AS(clone(Root(scratch.path()), scratch.root(), "/copy 2"), ArgumentError);
}

TEST_CASE("a file that changes while it is read is named") {
  Scratch scratch;
  scratch.write("/tree/a", "1");
  scratch.write("/tree/z", std::string(3'000'000, 'z'));
  auto growing = [&](const Progress& progress) {
    if (progress.path != "z") return true;
    int file = open(scratch.host("/tree/z").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    CHECK(write(file, "more", 4) == 4);
    close(file);
    return true;
  };
  ArchiveOptions options;
  options.progress = growing;
  // The callback is called at the first entry, then not before some time has passed: so the tree begins with
  // z.
  unlink(scratch.host("/tree/a").c_str());
  auto slow = [&](const Progress& progress) {
    usleep(60'000);
    return growing(progress);
  };
  options.progress = slow;
  try {
    krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"), options);
    FAIL("not seen");
  } catch (const ArchiveError& error) {
    CHECK(error.code() == "tree.changed");
    CHECK(error.entry() == "z");
  }
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"tree"});
  options.when_changed = WhenChanged::warn;
  auto report = krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"), options);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0].key == "z");
  CHECK(diff_trees(tree_source(scratch.host("/a.tar")), tree_source(scratch.host("/a.tar.manifest"))).same());
}
