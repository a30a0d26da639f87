// Malicious archives made by hand. Each is refused, and the error names the entry; nothing outside is
// touched, and nothing is left behind.
#include "krgboot/base/error.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/restore.hpp"

#include <csignal>
#include <functional>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "sample_tree.hpp"
#include "system/forked.hpp"
#include "tar_entries.hpp"
#include "tree/pax.hpp"

using namespace krgboot;
using krgboot::test::tar_entry;
using krgboot::test::tar_file;

namespace {

std::string header(const TreeEntry& one) {
  return pax_header(one);
}

std::string hard_link(const std::string& path, const std::string& to) {
  auto one = tar_entry(EntryType::file, path);
  one.hard_link = to;
  return header(one);
}

/// Sets the checksum of a header block that was changed by hand.
void seal(std::string& block) {
  block.replace(148, 8, "        ");
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(block[i]);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  block.replace(148, 7, std::string(text, 7));
}

/// A header with a name, or link name, that krgboot would not write.
std::string with_name(std::string block, const std::string& name, std::size_t at = 0) {
  block.replace(at, 100, name + std::string(100 - name.size(), '\0'));
  seal(block);
  return block;
}

/// The error of `restore` for these bytes: the code, and the entry. Checks that nothing was left behind or
/// touched.
Refusal restore_refusal(const std::string& bytes, const RestoreOptions& options = {}) {
  Scratch scratch;
  scratch.write("/outside/file", "untouched");
  scratch.write("/work/image.tar", bytes);
  Refusal result;
  try {
    restore(scratch.host("/work/image.tar"), scratch.root(), "/work/target", options);
  } catch (const ArchiveError& error) {
    result = {error.code(), error.entry()};
    CHECK(error.subject() == scratch.host("/work/image.tar"));
    CHECK(std::string(error.what()).find(error.entry()) != std::string::npos);
  }
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"outside", "work"});
  CHECK(names_in(scratch, "/work") == std::vector<std::string>{"image.tar"});
  CHECK(names_in(scratch, "/outside") == std::vector<std::string>{"file"});
  CHECK(scratch.read("/outside/file") == "untouched");
  return result;
}

}  // namespace

TEST_CASE("names that lead out of the tree") {
  auto good = tar_file("good", "1");
  auto plain = tar_file("x", "2");
  CHECK(restore_refusal(good + with_name(plain, "/outside/file") + pax_end()) ==
        Refusal("archive.path", "/outside/file"));
  CHECK(restore_refusal(good + with_name(plain, "../outside/file") + pax_end()) ==
        Refusal("archive.path", "../outside/file"));
  CHECK(restore_refusal(good + with_name(plain, "a/../../outside/file") + pax_end()) ==
        Refusal("archive.path", "a/../../outside/file"));
  CHECK(restore_refusal(good + with_name(plain, "a/..") + pax_end()) == Refusal("archive.path", "a/.."));
  CHECK(restore_refusal(with_name(plain, ".") + pax_end()) == Refusal("archive.path", "."));
  CHECK(restore_refusal(with_name(plain, "./.") + pax_end()) == Refusal("archive.path", "./."));
}

TEST_CASE("names that need cleaning but stay in the tree are accepted") {
  Scratch scratch;
  scratch.write("/a.tar", with_name(tar_file("x", "1"), "./a//b/./c") +
                              with_name(tar_file("x", "2"), "..c/...") + pax_end());
  restore(scratch.host("/a.tar"), scratch.root(), "/out");
  CHECK(scratch.read("/out/a/b/c") == "1");
  CHECK(scratch.read("/out/..c/...") == "2");
  struct stat status {};
  REQUIRE(stat(scratch.host("/out/a").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0755);
}

TEST_CASE("no file goes through a link") {
  for (const auto* target : {"/outside", "../../outside", ".", "etc"}) {
    INFO(target);
    auto link = header(tar_entry(EntryType::symlink, "a", target));
    CHECK(restore_refusal(header(tar_entry(EntryType::directory, "etc")) + link + tar_file("a/file", "evil") +
                          pax_end()) == Refusal("archive.through_link", "a/file"));
    CHECK(restore_refusal(link + header(tar_entry(EntryType::directory, "a/new")) + pax_end()) ==
          Refusal("archive.through_link", "a/new"));
    CHECK(restore_refusal(link + header(tar_entry(EntryType::directory, "a")) + pax_end()) ==
          Refusal("archive.kind", "a"));
  }
  CHECK(restore_refusal(tar_file("a", "1") + tar_file("a/file", "2") + pax_end()) ==
        Refusal("archive.through_link", "a/file"));
  CHECK(restore_refusal(header(tar_entry(EntryType::directory, "a")) + tar_file("a", "2") + pax_end()) ==
        Refusal("archive.kind", "a"));
}

TEST_CASE("a file takes the place of a link, and does not go where it leads") {
  Scratch scratch;
  scratch.write("/outside", "untouched");
  scratch.write("/a.tar", header(tar_entry(EntryType::symlink, "etc/passwd", scratch.host("/outside"))) +
                              tar_file("etc/passwd", "new") + tar_file("etc/passwd", "newer") + pax_end());
  restore(scratch.host("/a.tar"), scratch.root(), "/out");
  CHECK(scratch.read("/out/etc/passwd") == "newer");
  CHECK(scratch.root().status("/out/etc/passwd")->kind == FileKind::file);
  CHECK(scratch.read("/outside") == "untouched");
}

TEST_CASE("hard links to outside, to nothing, through a link, to a directory") {
  auto link = hard_link("x", "y");
  CHECK(restore_refusal(with_name(link, "/etc/passwd", 157) + pax_end()) ==
        Refusal("archive.hard_link", "./x"));
  CHECK(restore_refusal(with_name(link, "../outside/file", 157) + pax_end()) ==
        Refusal("archive.hard_link", "./x"));
  CHECK(restore_refusal(link + pax_end()) == Refusal("archive.hard_link", "x"));
  CHECK(restore_refusal(header(tar_entry(EntryType::symlink, "out", "../../outside")) +
                        hard_link("x", "out/file") + pax_end()) == Refusal("archive.hard_link", "x"));
  CHECK(restore_refusal(header(tar_entry(EntryType::directory, "y")) + link + pax_end()) ==
        Refusal("archive.hard_link", "x"));
  CHECK(restore_refusal(tar_file("x", "1") + hard_link("x", "x") + pax_end()) ==
        Refusal("archive.hard_link", "x"));
  // A hard link to a symlink is another name of the symlink: writing a file there replaces the name.
  Scratch scratch;
  scratch.write("/outside", "untouched");
  scratch.write("/a.tar", header(tar_entry(EntryType::symlink, "s", scratch.host("/outside"))) +
                              hard_link("t", "s") + tar_file("t", "new") + pax_end());
  restore(scratch.host("/a.tar"), scratch.root(), "/out");
  CHECK(scratch.read("/outside") == "untouched");
  CHECK(scratch.read("/out/t") == "new");
}

TEST_CASE("only allowed device nodes are made") {
  auto device = [](EntryType type, unsigned major, unsigned minor) {
    auto one = tar_entry(type, "dev/x");
    one.device_major = major;
    one.device_minor = minor;
    return header(one) + pax_end();
  };
  RestoreOptions none;
  none.devices = Devices::none;
  CHECK(restore_refusal(device(EntryType::character_device, 1, 3), none) ==
        Refusal("archive.device", "dev/x"));
  CHECK(restore_refusal(device(EntryType::block_device, 8, 0)) == Refusal("archive.device", "dev/x"));
  CHECK(restore_refusal(device(EntryType::block_device, 1, 3)) == Refusal("archive.device", "dev/x"));
  CHECK(restore_refusal(device(EntryType::character_device, 1, 1)) == Refusal("archive.device", "dev/x"));
  CHECK(restore_refusal(device(EntryType::character_device, 10, 1)) == Refusal("archive.device", "dev/x"));
}

TEST_CASE("claims that are too large") {
  RestoreOptions options;
  options.max_bytes = 1000;
  CHECK(
      restore_refusal(tar_file("a", std::string(600, 'a')) + tar_file("b", std::string(401, 'b')) + pax_end(),
                      options) == Refusal("archive.too_large", "b"));
  auto claim = tar_entry(EntryType::file, "sparse");
  claim.size = std::uint64_t{1} << 62U;
  std::vector<DataRange> ranges = {{claim.size, 0}};
  CHECK(restore_refusal(pax_header(claim, &ranges) + pax_end()) == Refusal("archive.too_large", "sparse"));
  claim.size = std::uint64_t{1} << 50U;
  CHECK(restore_refusal(pax_header(claim) + pax_end()) == Refusal("archive.too_large", "sparse"));
  options = {};
  options.max_entries = 3;
  CHECK(restore_refusal(
            tar_file("a", "") + tar_file("b", "") + tar_file("c", "") + tar_file("d", "") + pax_end(),
            options) == Refusal("archive.too_many", "d"));
}

TEST_CASE("too many entries are refused as soon as the limit is reached") {
  CHECK(RestoreOptions().max_entries < 1'000'000);
  Scratch scratch;
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += header(tar_entry(EntryType::symlink, std::to_string(i), "x"));
  // The rest is never read.
  scratch.write("/a.tar", bytes + std::string(10'000, 'x'));
  RestoreOptions options;
  options.max_entries = 2999;
  try {
    restore(scratch.host("/a.tar"), scratch.root(), "/out", options);
    FAIL("not seen");
  } catch (const ArchiveError& error) {
    CHECK(error.code() == "archive.too_many");
    CHECK(error.entry() == "2999");
  }
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"a.tar"});
}

TEST_CASE("damaged and truncated archives") {
  auto bytes = tar_file("first", "1") + tar_file("second", std::string(2000, '2'));
  auto whole = bytes + pax_end();
  CHECK(restore_refusal(whole.substr(0, 512 + 512 + 512 + 700)).second == "second");
  CHECK(restore_refusal(whole.substr(0, 512 + 512 + 512 + 700)).first == "archive.truncated");
  // Truncated between two entries: only the end mark is missing.
  CHECK(restore_refusal(bytes) == Refusal("archive.truncated", "second"));
  CHECK(restore_refusal(tar_file("first", "1")) == Refusal("archive.truncated", "first"));
  auto damaged = whole;
  damaged[1024 + 3] = 'X';
  CHECK(restore_refusal(damaged).first == "archive.damaged");
  CHECK(restore_refusal(damaged).second == "first");
  CHECK(restore_refusal("this is no archive, but it is long enough to be looked at" + std::string(2000, 'x'))
            .first == "archive.format");
  CHECK(restore_refusal("").first != "");
  Scratch scratch;
  std::string noise;
  for (int i = 0; i < 200'000; ++i) noise += std::to_string(i * 7919 % 10007);
  scratch.write("/tree/file", noise);
  for (const auto* name : {"/a.tar.zst", "/a.tar.gz", "/a.tar.xz"}) {
    INFO(name);
    krgboot::archive(Root(scratch.host("/tree")), scratch.host(name));
    auto packed = scratch.read(name);
    auto middle = packed;
    middle[middle.size() / 2] = static_cast<char>(middle[middle.size() / 2] ^ 0x55);
    CHECK(restore_refusal(packed.substr(0, packed.size() / 2)).first != "");
    // Damage of compressed data may go unnoticed while unpacking; the manifest detects it.
    scratch.write(name, middle);
    auto before = names_in(scratch, "/");
    CHECK_THROWS_AS(restore(scratch.host(name), scratch.root(), "/out"), ArchiveError);
    CHECK(names_in(scratch, "/") == before);
  }
}

TEST_CASE("an archive that is not what its manifest says") {
  Scratch scratch;
  scratch.write("/tree/etc/a", "1");
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"));
  auto bytes = scratch.read("/a.tar");
  bytes[bytes.find("1\0\0", 1024, 3)] = '2';
  auto at = bytes.rfind(std::string(1, '1') + std::string(500, '\0'));
  if (at != std::string::npos) bytes[at] = '2';
  scratch.write("/a.tar", bytes);
  scratch.write("/tree/etc/a", "2");
  try {
    restore(scratch.host("/a.tar"), scratch.root(), "/out");
    FAIL("not seen");
  } catch (const ArchiveError& error) {
    CHECK(error.code() == "archive.not_as_in_manifest");
    CHECK(error.entry() != "");
  }
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"a.tar", "a.tar.manifest", "tree"});
}

TEST_CASE("killed anywhere: nothing is visible, and the next run cleans up") {
  Scratch scratch;
  for (int i = 0; i < 40; ++i) scratch.write("/tree/etc/" + std::to_string(i), std::string(5000, 'x'));
  auto file = scratch.host("/work/a.tar.zst");
  scratch.make_directory("/work");
  krgboot::archive(Root(scratch.host("/tree")), file);
  scratch.write("/work/target/old", "old");
  auto before = names_in(scratch, "/work");
  RestoreOptions options;
  options.replace = true;
  SECTION("restore") {
    auto killed = options;
    killed.progress = [](const Progress&) { return ::raise(SIGKILL) == 0; };
    CHECK(status_of(forked([&] { restore(file, scratch.root(), "/work/target", killed); })) == 128 + SIGKILL);
  }
  SECTION("archive") {
    ArchiveOptions killed;
    killed.replace = true;
    killed.progress = [](const Progress&) { return ::raise(SIGKILL) == 0; };
    CHECK(status_of(forked([&] { krgboot::archive(Root(scratch.host("/tree")), file, killed); })) ==
          128 + SIGKILL);
  }
  CHECK(names_in(scratch, "/work").size() > before.size());
  CHECK(scratch.read("/work/target/old") == "old");
  CHECK(restore(file, scratch.root(), "/work/target", options).entries == 42);
  CHECK(names_in(scratch, "/work") == before);
  CHECK(!scratch.exists("/work/target/old"));
  CHECK(scratch.read("/work/target/etc/7") == std::string(5000, 'x'));
}

TEST_CASE("cancelled: nothing was made, and the existing file stays") {
  Scratch scratch;
  scratch.write("/tree/etc/a", "1");
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"));
  auto before = names_in(scratch, "/");
  RestoreOptions options;
  options.progress = [](const Progress& progress) { return progress.entries == 0; };
  CHECK(restore(scratch.host("/a.tar"), scratch.root(), "/out", options).cancelled);
  ArchiveOptions archiving;
  archiving.progress = options.progress;
  CHECK(krgboot::archive(Root(scratch.host("/tree")), scratch.host("/b.tar"), archiving).cancelled);
  CHECK(names_in(scratch, "/") == before);
  CHECK_THROWS_AS(restore(scratch.host("/a.tar"), scratch.root(), "/tree"), ConflictError);
  CHECK_THROWS_AS(krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar")), ConflictError);
  CHECK(scratch.read("/tree/etc/a") == "1");
}

TEST_CASE("no room: a clear error, and nothing is left") {
  Scratch scratch;
  scratch.write("/tree/etc/a", std::string(300'000, 'a'));
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"));
  auto before = names_in(scratch, "/");
  auto failing = [&](const std::function<void()>& work) {
    // A file size limit of this process replaces a full disk: the write fails in the same place.
    return status_of(forked([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      struct rlimit limit = {100'000, 100'000};
      setrlimit(RLIMIT_FSIZE, &limit);
      try {
        work();
      } catch (const IoError& error) {
        _exit(error.error_number() == EFBIG && error.operation() == "write" ? 7 : 8);
      }
    }));
  };
  CHECK(failing([&] { restore(scratch.host("/a.tar"), scratch.root(), "/out"); }) == 7);
  CHECK(failing([&] { krgboot::archive(Root(scratch.host("/tree")), scratch.host("/b.tar")); }) == 7);
  CHECK(names_in(scratch, "/") == before);
}

TEST_CASE("without root, attributes that cannot be set are reported") {
  if (!may_make_everything()) return;
  Scratch scratch;
  chmod(scratch.path().c_str(), 0777);
  scratch.write("/tree/etc/owned", "1");
  REQUIRE(chown(scratch.host("/tree/etc/owned").c_str(), 12, 34) == 0);
  REQUIRE(chmod(scratch.host("/tree/etc/owned").c_str(), 06755) == 0);
  ArchiveOptions readable;
  readable.output_mode = 0644;
  krgboot::archive(Root(scratch.host("/tree")), scratch.host("/a.tar"), readable);
  auto as_nobody = [&](const std::function<void()>& work) {
    return status_of(forked([&] {
      if (setgid(65534) != 0 || setuid(65534) != 0) _exit(98);
      work();
    }));
  };
  CHECK(as_nobody([&] {
          try {
            restore(scratch.host("/a.tar"), scratch.root(), "/out");
          } catch (const IoError& error) {
            _exit(error.operation() == "chown" && error.error_number() == EPERM ? 7 : 8);
          }
        }) == 7);
  CHECK(!scratch.exists("/out"));
  CHECK(as_nobody([&] {
          RestoreOptions options;
          options.allow_loss = true;
          options.manifest = "";
          auto report = restore(scratch.host("/a.tar"), scratch.root(), "/out", options);
          _exit(report.warnings.size() == 3 && report.warnings.front().code == "tree.lost" ? 7 : 8);
        }) == 7);
  // A set-user-ID bit for the wrong owner must not be set.
  CHECK(scratch.root().status("/out/etc/owned")->mode == 0755);
}
