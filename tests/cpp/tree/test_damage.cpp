// Truncated and damaged archives in every compression format, and claims that no tree can satisfy.
#include "krgboot/base/error.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/tree/diff.hpp"
#include "krgboot/tree/restore.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>

#include <sys/resource.h>
#include <unistd.h>

#include "catch.hpp"
#include "image/cpio.hpp"
#include "sample_tree.hpp"
#include "system/forked.hpp"
#include "tar_entries.hpp"
#include "tree/pax.hpp"

using namespace krgboot;
using krgboot::test::tar_file;

namespace {

/// Bytes that cannot be compressed.
std::string noise(std::size_t size) {
  std::string bytes;
  std::uint64_t state = 7;
  while (bytes.size() < size) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    bytes += static_cast<char>(state >> 56U);
  }
  return bytes;
}

/// The error code; "" if the archive was accepted. Also checks that a refused one leaves nothing behind.
std::string damage_code(const std::string& bytes) {
  Scratch scratch;
  scratch.write("/a.tar", bytes);
  RestoreOptions options;
  options.durable = false;
  try {
    restore(scratch.host("/a.tar"), scratch.root(), "/out", options);
    return "";
  } catch (const ArchiveError& error) {
    CHECK(names_in(scratch, "/") == std::vector<std::string>{"a.tar"});
    return error.code();
  }
}

}  // namespace

TEST_CASE("an archive truncated anywhere is refused, in every compression") {
  auto whole = tar_file("first", noise(3000)) + tar_file("second", noise(3000)) + pax_end();
  auto packing = GENERATE(as<std::string>{}, "", "gzip", "bzip2", "lzma", "xz", "lz4", "zstd");
  INFO("packed with " << packing);
  auto bytes = test::packed(whole, packing);
  REQUIRE(damage_code(bytes) == "");
  // The compressor's own end mark may be missing after the complete archive.
  auto needed = bytes.size() - (packing.empty() ? 1024 : 64);
  for (std::size_t size = 0; size < needed; size += needed / 40) {
    INFO("after " << size << " of " << bytes.size() << " bytes");
    auto code = damage_code(bytes.substr(0, size));
    CHECK(code.rfind("archive.", 0) == 0);
  }
}

TEST_CASE("a damaged byte is found if the compression has a checksum") {
  auto content = noise(20'000);
  auto whole = tar_file("file", content) + pax_end();
  std::string bytes;
  auto packing = GENERATE(as<std::string>{}, "gzip", "bzip2", "xz", "lz4", "zstd of GNU tar");
  INFO(packing);
  if (packing == "zstd of GNU tar") {
    // The zstd program writes a checksum; the library does not by default.
    Scratch scratch;
    scratch.write("/file", whole);
    check_run({"zstd", "-q", scratch.host("/file"), "-o", scratch.host("/file.zst")});
    bytes = scratch.read("/file.zst");
  } else {
    bytes = test::packed(whole, packing);
  }
  REQUIRE(damage_code(bytes) == "");
  REQUIRE(bytes.size() > 20'000);
  for (std::size_t at = 3000; at < 19'000; at += 797) {
    INFO("byte " << at);
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    CHECK(damage_code(damaged) != "");
  }
}

TEST_CASE("gzip members follow one another, and other data after them are ignored") {
  auto first = tar_file("first", noise(30'000));
  auto second = tar_file("second", noise(3000)) + pax_end();
  auto both = test::packed(first, "gzip") + test::packed(second, "gzip");
  CHECK(damage_code(both) == "");
  CHECK(damage_code(both + std::string(700, '\0')) == "");  // padding as on tapes
  CHECK(damage_code(both + "\x1f") == "");
  auto damaged = both;
  damaged[damaged.size() - 5] = static_cast<char>(
      damaged[damaged.size() - 5] ^ 1);  // CRC and length of the second member are its last eight bytes
  CHECK(damage_code(damaged) == "archive.damaged");
  damaged = both;
  damaged[3] = '\x10';  // a comment without an end
  CHECK(damage_code(damaged) != "");
}

TEST_CASE("pieces of a file that overlap or go back") {
  TreeEntry entry;
  entry.path = "sparse";
  entry.uid = geteuid();
  entry.gid = getegid();
  entry.size = 10'000;
  auto with = [&](const std::vector<DataRange>& ranges) {
    std::uint64_t data = 0;
    for (const auto& range : ranges) data += range.size;
    return pax_header(entry, &ranges) + std::string(data + pax_padding(data), 'x') + pax_end();
  };
  CHECK(damage_code(with({{0, 512}, {4096, 512}})) == "");
  CHECK(damage_code(with({{4096, 512}, {0, 512}})) == "archive.damaged");
  CHECK(damage_code(with({{0, 512}, {256, 512}})) == "archive.damaged");
  CHECK(damage_code(with({{0, 512}, {9'999, 512}})) == "archive.damaged");
}

TEST_CASE("paths that no program could open, and trees that are too deep") {
  auto deep = [](int levels) {
    std::string path = "d";
    for (int i = 1; i < levels; ++i) path += "/d";
    return path;
  };
  CHECK(damage_code(tar_file(deep(1000), "x") + pax_end()) == "");
  CHECK_THROWS_AS(tar_file(deep(2048), "x"), ArchiveError);
  auto long_path = tar_file(std::string(200, 'x'), "x");
  auto record = "212 path=./" + std::string(200, 'x') + "\n";
  REQUIRE(long_path.find(record) == 512);
  auto longer = "5011 path=./" + std::string(2, 'x');
  for (int i = 0; i < 2498; ++i) longer += "/x";
  longer += "\n";
  REQUIRE(longer.size() == 5011);
  // The header contains the length of the records, as octal digits, and a checksum.
  auto header = long_path.substr(0, 512);
  char text[12];
  std::snprintf(text, sizeof text, "%011o", 5011U);
  header.replace(124, 11, text, 11);
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(text, sizeof text, "%06o", sum);
  header.replace(148, 7, text, 7);
  CHECK(damage_code(header + longer + std::string(pax_padding(longer.size()), '\0') + long_path.substr(1024) +
                    pax_end()) == "archive.path");

  // With few descriptors it fails, and leaves nothing behind.
  Scratch scratch;
  scratch.write("/a.tar", tar_file(deep(500), "x") + pax_end());
  CHECK(status_of(forked([&] {
          struct rlimit limit = {100, 100};
          setrlimit(RLIMIT_NOFILE, &limit);
          try {
            restore(scratch.host("/a.tar"), scratch.root(), "/out");
          } catch (const IoError& error) {
            _exit(error.error_number() == EMFILE ? 7 : 8);
          }
        })) == 7);
  CHECK(names_in(scratch, "/") == std::vector<std::string>{"a.tar"});
}

TEST_CASE("diff refuses what restore refuses") {
  Scratch scratch;
  scratch.make_directory("/tree");
  TreeEntry entry;
  entry.path = "x";
  auto refused = [&](const std::string& bytes) {
    scratch.write("/a.tar", bytes + pax_end());
    try {
      diff_trees(tree_source(scratch.host("/a.tar")), tree_source(scratch.host("/tree")));
      return std::string();
    } catch (const ArchiveError& error) {
      return error.code() + " " + error.entry();
    }
  };
  entry.size = std::uint64_t{300} << 30U;
  std::vector<DataRange> hole = {{entry.size, 0}};
  CHECK(refused(pax_header(entry, &hole)) == "archive.too_large x");
  entry.size = 0;
  for (const auto* target : {"y", "a"}) {
    entry.hard_link = target;
    CHECK(refused(tar_file("b", "1") + tar_file("a0", "2") + pax_header(entry)) == "archive.hard_link x");
  }
  entry.hard_link = "y";
  CHECK(refused(pax_header(entry)) == "archive.hard_link x");
}
