// Restore computes digests while it writes files if the manifest has the archive's order. Otherwise, or on a
// mismatch, it reads the restored files. Both ways must find the same differences.
#include "krgboot/base/error.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/verify.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "catch.hpp"
#include "sample_tree.hpp"

using namespace krgboot;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

/// More files than fit into one batch, files larger than batches and close to their size, empty ones, and
/// holes: in the middle, at the end, everywhere, and one too long to be hashed while unpacking.
void make_tree(const Scratch& scratch) {
  for (int i = 0; i < 150; ++i)
    scratch.write("/tree/small/" + std::to_string(i), i % 50 == 0 ? "" : "small" + std::to_string(i));
  for (auto size : {mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte + 4321}) {
    std::string bytes(size, 'x');
    bytes.replace(size - 20, 10, "end" + std::to_string(size).substr(0, 7));
    scratch.write("/tree/large/" + std::to_string(size), bytes);
  }
  auto sparse = [&](const std::string& name, off_t size, const std::vector<off_t>& places) {
    scratch.write(name, "");
    FileDescriptor file(::open(scratch.host(name).c_str(), O_WRONLY | O_CLOEXEC));
    REQUIRE(file);
    REQUIRE(ftruncate(file.get(), size) == 0);
    for (auto at : places) REQUIRE(pwrite(file.get(), "in a hole", 9, at) == 9);
  };
  sparse("/tree/holes/middle", 3'000'000, {0, 2'999'000});
  sparse("/tree/holes/end", 3'000'000, {1'000'000});
  sparse("/tree/holes/all", 3'000'000, {});
  sparse("/tree/holes/long", 80'000'000, {79'999'000});
  scratch.make_directory("/tree/empty");
}

RestoreReport restored(const Scratch& scratch, const std::string& file, unsigned threads = 0) {
  RestoreOptions options;
  options.manifest = scratch.host("/a.tar.manifest");
  options.threads = threads;
  options.replace = true;
  return restore(scratch.host(file), scratch.root(), "/out", options);
}

/// The entry that the error names when a byte of the archive is changed.
std::string named(const Scratch& scratch, const std::string& file, const std::string& where) {
  auto whole = scratch.read(file);
  auto damaged = whole;
  auto at = damaged.find(where);
  REQUIRE(at != std::string::npos);
  damaged[at] = '#';
  scratch.write(file, damaged);
  std::string entry = "none";
  try {
    restored(scratch, file);
  } catch (const ArchiveError& error) {
    CHECK(error.code() == "archive.not_as_in_manifest");
    entry = error.entry();
  }
  scratch.write(file, whole);
  return entry;
}

void check_all(const Scratch& scratch, const std::string& file) {
  for (unsigned threads : {1U, 2U, 8U}) {
    auto report = restored(scratch, file, threads);
    CHECK(report.verified);
    CHECK(verify_tree(Root(scratch.host("/out")), scratch.host("/a.tar.manifest")).same());
    CHECK(entries_of(scratch.host("/out")) == entries_of(scratch.host("/tree")));
  }
  auto before = names_in(scratch, "/");
  CHECK(named(scratch, file, "small77") == "small/77");
  CHECK(named(scratch, file, "small149") == "small/149");
  for (auto size : {mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte + 4321}) {
    auto name = std::to_string(size);
    CHECK(named(scratch, file, "end" + name) == "large/" + name);
  }
  CHECK(named(scratch, file, "in a hole").substr(0, 6) == "holes/");
  CHECK(names_in(scratch, "/") == before);
}

}  // namespace

TEST_CASE("every byte is compared with the manifest, in the archive's order and in any other", "[slow]") {
  Scratch scratch;
  make_tree(scratch);
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"));
  check_all(scratch, "/a.tar");

  RunOptions options;
  options.working_directory = scratch.host("/tree");
  check_run(
      {"tar", "-S", "--format=pax", "--pax-option=delete=atime,delete=ctime", "-cf",
       scratch.host("/backwards.tar"), "./small", "./large", "./holes", "./empty", "--no-recursion", "."},
      options);
  check_all(scratch, "/backwards.tar");
}

TEST_CASE("the end of a manifest counts, and so does a file that is not in it") {
  Scratch scratch;
  make_tree(scratch);
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"));
  scratch.write("/tree/z", "one more");
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/more.tar"));
  CHECK_THROWS_AS(restored(scratch, "/more.tar"), ArchiveError);
  scratch.write("/a.tar.manifest", scratch.read("/more.tar.manifest"));
  CHECK(restored(scratch, "/more.tar").verified);
  CHECK_THROWS_AS(restored(scratch, "/a.tar"), ArchiveError);
}

TEST_CASE("the bytes of an archive depend neither on threads nor on a manifest") {
  Scratch scratch;
  make_tree(scratch);
  for (const std::string name : {"/a.tar", "/a.tar.gz", "/a.tar.zst", "/a.tar.xz"}) {
    INFO(name);
    const std::vector<int> levels = name == "/a.tar" ? std::vector{0} : std::vector{1, 3, 4};
    for (int level : levels) {
      ArchiveOptions options;
      options.replace = true;
      if (level != 0) options.level = level;
      krgboot::archive(Root(scratch.host("/tree")), scratch.host(name), options);
      auto bytes = scratch.read(name);
      CHECK(restore(scratch.host(name), scratch.root(), "/out" + std::to_string(level) + name.substr(2))
                .verified);
      options.manifest = false;
      for (unsigned threads : {1U, 3U, 32U}) {
        options.threads = threads;
        krgboot::archive(Root(scratch.host("/tree")), scratch.host(name), options);
        CHECK((scratch.read(name) == bytes));
      }
    }
  }
}
