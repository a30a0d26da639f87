#include "krgboot/base/error.hpp"
#include "krgboot/tree/manifest.hpp"

#include "catch.hpp"
#include "texts.hpp"

using namespace krgboot;
using krgboot::test::replaced;

namespace {

std::vector<TreeEntry> sample() {
  TreeEntry root;
  root.path = ".";
  root.type = EntryType::directory;
  root.mode = 01777;
  TreeEntry file;
  file.path = "a b\n\xff#*";
  file.mode = 0644;
  file.uid = 4'294'967'294U;
  file.gid = 7;
  file.size = 12;
  file.mtime_ns = -1;
  file.sha256 = std::string(64, 'a');
  file.attributes = {{"user.a=b", std::string("\0\n", 2)}, {"user.b", ""}};
  TreeEntry again = file;
  again.path = "b";
  again.hard_link = file.path;
  TreeEntry link;
  link.path = "b/l";
  link.type = EntryType::symlink;
  link.link_target = "../x y";
  TreeEntry device;
  device.path = "b-";
  device.type = EntryType::block_device;
  device.device_major = 8;
  device.device_minor = 300;
  return {root, file, again, link, device};
}

constexpr const char* manifest_text =
    "#mtree\n#krgboot tree 1\n"
    ". type=dir mode=1777 uid=0 gid=0 time=0.000000000\n"
    "#: xattr.user.a\\075b=\\000\\012 xattr.user.b=\n"
    "./a\\040b\\012\\377\\043\\052 type=file mode=0644 uid=4294967294 gid=7 time=-1.999999999 size=12 "
    "sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
    "#: hard_link=./a\\040b\\012\\377\\043\\052 xattr.user.a\\075b=\\000\\012 xattr.user.b=\n"
    "./b type=file mode=0644 uid=4294967294 gid=7 time=-1.999999999 size=12 "
    "sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
    "./b/l type=link mode=0000 uid=0 gid=0 time=0.000000000 link=../x\\040y\n"
    "./b- type=block mode=0000 uid=0 gid=0 time=0.000000000 device=native,8,300\n"
    "#end 5\n";

std::string manifest_refusal(const std::string& manifest) {
  try {
    parse_tree_manifest(manifest, "m");
    return "";
  } catch (const ArchiveError& error) {
    return error.code() + " " + error.entry();
  }
}

}  // namespace

TEST_CASE("a manifest's text, and back") {
  CHECK(to_tree_manifest(sample()) == manifest_text);
  CHECK(parse_tree_manifest(manifest_text) == sample());
  CHECK(to_tree_manifest({}) == "#mtree\n#krgboot tree 1\n#end 0\n");
  CHECK(parse_tree_manifest("#mtree\n#krgboot tree 1\n#end 0\n").empty());
}

TEST_CASE("a manifest comes in pieces of any size") {
  for (std::size_t piece : {1U, 2U, 7U, 100U}) {
    std::string_view rest(manifest_text);
    TreeManifestReader reader(
        [&] {
          auto part = std::string(rest.substr(0, piece));
          rest.remove_prefix(part.size());
          return part;
        },
        "m");
    std::vector<TreeEntry> entries;
    while (auto entry = reader.next()) entries.push_back(*entry);
    CHECK(entries == sample());
  }
}

TEST_CASE("only text in krgboot's form is a manifest") {
  std::string good(manifest_text);
  CHECK(manifest_refusal(good) == "");
  CHECK(manifest_refusal("") == "manifest.syntax line 0");
  CHECK(manifest_refusal("#mtree\n#krgboot tree 2\n#end 0\n") == "manifest.syntax line 2");
  CHECK(manifest_refusal(replaced(good, "#end 5\n", "")) == "manifest.truncated line 9");
  CHECK(manifest_refusal(replaced(good, "#end 5\n", "#end 5")) == "manifest.truncated line 10");
  CHECK(manifest_refusal(replaced(good, "#end 5", "#end 4")) == "manifest.syntax line 10");
  CHECK(manifest_refusal(good + "x\n") == "manifest.syntax line 11");
  const std::pair<const char*, const char*> faults[] = {
      {"mode=1777", "mode=01777"},
      {"mode=1777", "mode=1778"},
      {"mode=1777 uid=0", "uid=0 mode=1777"},
      {" uid=0", "  uid=0"},
      {" uid=0", ""},
      {" uid=0", " uid=+0"},
      {" uid=0", " uid=4294967296"},
      {"time=0.000000000", "time=0.0"},
      {"time=0.000000000", "time=-0.000000000"},
      {"time=0.000000000", "time=99999999999.000000000"},
      {"type=dir", "type=directory"},
      {"type=dir", "type=file"},
      {"type=dir", "type=dir size=4096"},
      {"./b ", "./../b "},
      {"./b ", "/b "},
      {"./b ", "b "},
      {"./b ", "./b/ "},
      {"./b ", "./\\142 "},
      {"./b/l", "./a"},
      {"size=12", "size=012"},
      {"size=12", "size=99999999999999999999"},
      {"sha256=aaaa", "sha256=Aaaa"},
      {"sha256=aaaa", "sha256=aaa"},
      {" link=../x\\040y", ""},
      {" link=../x\\040y", " link="},
      {"../x\\040y", "../x\\40y"},
      {"../x\\040y", "../x\\000y"},
      {"native,8,300", "linux,8,300"},
      {"native,8,300", "native,8"},
      {"hard_link=./a\\040b\\012\\377\\043\\052", "hard_link=./b"},
      {"hard_link=./a\\040b\\012\\377\\043\\052", "hard_link=./c"},
      {"xattr.user.b=", "xattr.user.a="},
      {"#: xattr", "# : xattr"},
      {"#: xattr", "#: other.x= xattr"},
  };
  for (const auto& [what, with] : faults) {
    INFO(what << " as " << with);
    CHECK(manifest_refusal(replaced(good, what, with)).rfind("manifest.syntax", 0) == 0);
  }
}

TEST_CASE("the order of a tree") {
  const char* ordered[] = {".", "a", "a/b", "a/b/c", "a/z", "a\x01", "a b", "a-", "a.b", "ab", "b", "\xff"};
  for (std::size_t i = 0; i < std::size(ordered); ++i) {
    for (std::size_t j = 0; j < std::size(ordered); ++j) {
      INFO(ordered[i] << " and " << ordered[j]);
      auto order = compare_tree_paths(ordered[i], ordered[j]);
      CHECK((order < 0) == (i < j));
      CHECK((order == 0) == (i == j));
    }
  }
  for (const auto* path : {".", "a", "...", "a/..b", "\xff"}) CHECK(is_tree_path(path));
  for (const auto* path : {"", "/", "/a", "a/", "a//b", "./a", "a/.", "..", "a/../b"})
    CHECK(!is_tree_path(path));
  CHECK(!is_tree_path(std::string("a\0b", 3)));
}

TEST_CASE("an invalid entry is not written") {
  auto entries = sample();
  std::swap(entries[1], entries[2]);
  CHECK_THROWS_AS(to_tree_manifest(entries), ArgumentError);
  TreeEntry entry;
  entry.path = "../x";
  CHECK_THROWS_AS(to_tree_manifest({entry}), ArgumentError);
  entry.path = "x";
  entry.attributes = {{"b", ""}, {"a", ""}};
  CHECK_THROWS_AS(to_tree_manifest({entry}), ArgumentError);
}
