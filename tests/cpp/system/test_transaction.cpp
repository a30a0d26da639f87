#include "krgboot/system/transaction.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "not_tested.hpp"
#include "scratch.hpp"

using krgboot::ConflictError;
using krgboot::FileKind;
using krgboot::IoError;
using krgboot::Owner;
using krgboot::Root;
using krgboot::Transaction;

namespace {

/// Is no staging directory and no journal left?
bool is_clean(const Scratch& scratch) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path())) {
    auto name = entry.path().filename().string();
    if (name.rfind(".krgboot.", 0) == 0 || name == "journal") return false;
  }
  return true;
}

bool is_unchanged(const Root& root, const std::string& path, const krgboot::FileStatus& before) {
  auto now = root.status(path);
  // A rename there and back changes only ctime.
  if (now) now->ctime_ns = before.ctime_ns;
  return now == before;
}

}  // namespace

TEST_CASE("nothing is seen before the commit, everything after it") {
  Scratch scratch;
  scratch.write("/etc/exports", "old");
  scratch.write("/etc/gone", "gone");
  scratch.write("/image/boot/vmlinuz-6.1", "kernel");
  scratch.link("/boot/vmlinuz-6.1", "/image/vmlinuz");
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin({"/etc", "/srv/tftp/pxelinux.cfg"}, "payload");
  transaction.stage_file("/etc/exports", "new", 0644);
  transaction.stage_file("/etc/added", "added", 0600);
  transaction.stage_symlink("exports", "/etc/link");
  transaction.remove_file("/etc/gone");
  transaction.make_directory("/srv/tftp/pxelinux.cfg", 0750);
  transaction.stage_file("/srv/tftp/pxelinux.cfg/default", "DEFAULT x\n", 0644);
  auto copied = transaction.stage_copy(root.beneath("/image"), "/vmlinuz", "/srv/tftp/vmlinuz", 0644);
  CHECK(copied.size == 6);
  CHECK(copied == *root.status("/image/boot/vmlinuz-6.1"));

  CHECK(scratch.read("/etc/exports") == "old");
  CHECK(scratch.exists("/etc/gone"));
  CHECK_FALSE(scratch.exists("/etc/added"));
  CHECK_FALSE(scratch.exists("/etc/link"));
  CHECK_FALSE(scratch.exists("/srv"));
  CHECK(root.read_file(transaction.staged_path("/etc/exports")) == "new");
  CHECK(root.read_file(transaction.staged_path("/srv/tftp/pxelinux.cfg/default")) == "DEFAULT x\n");
  CHECK(krgboot::base_name(transaction.staged_path("/etc/exports")) == "exports");

  transaction.commit();
  auto seen = [&] {
    CHECK(scratch.read("/etc/exports") == "new");
    CHECK_FALSE(scratch.exists("/etc/gone"));
    CHECK(root.status("/etc/added")->mode == 0600);
    CHECK(root.read_link("/etc/link") == "exports");
    CHECK(root.status("/srv/tftp/pxelinux.cfg")->mode == 0750);
    CHECK(root.status("/srv/tftp")->mode == 0755);
    CHECK(scratch.read("/srv/tftp/pxelinux.cfg/default") == "DEFAULT x\n");
    CHECK(scratch.read("/srv/tftp/vmlinuz") == "kernel");
  };
  seen();
  CHECK_FALSE(is_clean(scratch));
  transaction.finish();
  seen();
  CHECK(is_clean(scratch));
}

TEST_CASE("rolling back brings the very same files back") {
  Scratch scratch;
  scratch.write("/etc/exports", "old");
  scratch.write("/etc/gone", "gone");
  scratch.link("exports", "/etc/link");
  scratch.write("/etc/foreign", "foreign");
  REQUIRE(mkfifo(scratch.host("/etc/fifo").c_str(), 0640) == 0);
  chmod(scratch.host("/etc/exports").c_str(), 0604);
  struct timespec times[2] = {{1, 0}, {1000, 1}};
  utimensat(AT_FDCWD, scratch.host("/etc/exports").c_str(), times, 0);
  auto has_attributes = setxattr(scratch.host("/etc/exports").c_str(), "user.note", "kept", 4, 0) == 0;
  // A file with two hard links keeps both.
  REQUIRE(::link(scratch.host("/etc/gone").c_str(), scratch.host("/etc/gone-too").c_str()) == 0);
  auto root = scratch.root();
  const std::vector<std::string> names{"exports", "gone", "link", "foreign", "fifo", "gone-too"};
  std::vector<krgboot::FileStatus> before;
  for (const auto& name : names) before.push_back(*root.status("/etc/" + name));

  Transaction transaction(root);
  transaction.begin({"/etc"}, "payload");
  transaction.stage_file("/etc/exports", "new", 0644);
  transaction.stage_file("/etc/link", "a file now", 0644);
  transaction.stage_symlink("exports", "/etc/fifo");
  transaction.remove_file("/etc/gone");
  transaction.stage_file("/etc/added", "added", 0600);
  transaction.make_directory("/etc/new/deep", 0755);
  transaction.stage_file("/etc/new/deep/file", "x", 0644);
  transaction.commit();
  CHECK(scratch.read("/etc/exports") == "new");
  CHECK(scratch.read("/etc/gone-too") == "gone");
  CHECK(scratch.read("/etc/link") == "a file now");
  CHECK(transaction.roll_back().empty());

  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    CHECK(is_unchanged(root, "/etc/" + names[i], before[i]));
  }
  CHECK(root.list_directory("/etc")->size() == names.size());
  CHECK(scratch.read("/etc/exports") == "old");
  if (has_attributes) {
    char note[8] = {};
    CHECK(getxattr(scratch.host("/etc/exports").c_str(), "user.note", note, sizeof note) == 4);
    CHECK(std::string(note) == "kept");
  }
  // The services must be reloaded before the transaction is finished.
  CHECK(scratch.exists("/var/lib/krgboot/journal"));
  transaction.finish();
  CHECK(is_clean(scratch));
}

TEST_CASE("what is not committed is discarded") {
  Scratch scratch;
  scratch.write("/etc/exports", "old");
  auto root = scratch.root();
  auto before = *root.status("/etc/exports");
  auto stage = [](Transaction& transaction) {
    transaction.begin({"/etc", "/srv"}, "");
    transaction.stage_file("/etc/exports", "new", 0644);
    transaction.make_directory("/srv/a/b");
    transaction.stage_file("/srv/a/b/c", "new", 0644);
    transaction.remove_file("/etc/exports");
  };
  SECTION("by the destructor") {
    Transaction transaction(root);
    auto staged_twice = [&] {
      stage(transaction);
      return true;
    };
    CHECK(error_of(staged_twice).code == "transaction.twice");
  }
  SECTION("by the destructor after an error elsewhere") {
    Transaction transaction(root);
    transaction.begin({"/etc", "/srv"}, "");
    transaction.stage_file("/etc/exports", "new", 0644);
  }
  SECTION("on request") {
    Transaction transaction(root);
    transaction.begin({"/etc"}, "");
    transaction.stage_file("/etc/exports", "new", 0644);
    CHECK(transaction.roll_back().empty());
    CHECK(is_clean(scratch));
    CHECK(error_of([&] { transaction.commit(); }).code == "transaction.order");
  }
  CHECK(is_clean(scratch));
  CHECK_FALSE(scratch.exists("/srv"));
  CHECK(root.status("/etc/exports") == before);
}

TEST_CASE("files that are not part of a transaction are not touched") {
  Scratch scratch;
  scratch.write("/etc/exports.d/other.exports", "foreign");
  scratch.write("/etc/exports.d/mine.exports", "mine");
  auto root = scratch.root();
  auto before = *root.status("/etc/exports.d/other.exports");
  Transaction transaction(root);
  transaction.begin({"/etc/exports.d"}, "");
  transaction.stage_file("/etc/exports.d/mine.exports", "new", 0644);
  transaction.commit();
  transaction.finish();
  CHECK(root.status("/etc/exports.d/other.exports") == before);
}

TEST_CASE("modes are as requested, independent of the umask, and never dangerous") {
  Scratch scratch;
  scratch.make_directory("/d");
  auto root = scratch.root();
  auto old_mask = umask(0077);
  Transaction transaction(root);
  transaction.begin({"/d"}, "");
  transaction.stage_file("/d/open", "x", 0664);
  transaction.stage_file("/d/closed", "x", 0400);
  transaction.make_directory("/d/new", 0775);
  transaction.make_directory("/d/implied/explicit", 0700);
  transaction.make_directory("/d/implied", 0711);
  transaction.commit();
  transaction.finish();
  umask(old_mask);
  CHECK(root.status("/d/open")->mode == 0664);
  CHECK(root.status("/d/closed")->mode == 0400);
  CHECK(root.status("/d/new")->mode == 0775);
  CHECK(root.status("/d/implied")->mode == 0711);
  CHECK(root.status("/d/implied/explicit")->mode == 0700);

  auto mode = GENERATE(as<mode_t>{}, 0002, 0666, 0777, 04755, 02755, 01644, 010644);
  auto refused = [&](auto stage) {
    Transaction next(root);
    next.begin({"/d"}, "");
    return error_of([&] { stage(next); }).code;
  };
  CHECK(refused([&](Transaction& t) { t.stage_file("/d/x", "", mode); }) == "transaction.mode");
  CHECK(refused([&](Transaction& t) { t.stage_copy(root, "/d/open", "/d/x", mode); }) == "transaction.mode");
  CHECK(refused([&](Transaction& t) { t.make_directory("/d/x", mode); }) == "transaction.mode");
  CHECK(refused([&](Transaction& t) { t.make_directory("/d/x", 0555); }) == "transaction.mode");
  CHECK_FALSE(scratch.exists("/d/x"));
  CHECK(is_clean(scratch));
}

TEST_CASE("a setgid directory hands its group down") {
  if (geteuid() != 0) return not_tested("only root can give files away");
  Scratch scratch;
  scratch.make_directory("/d");
  REQUIRE(chown(scratch.host("/d").c_str(), 0, 4321) == 0);
  chmod(scratch.host("/d").c_str(), 02775);
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin({"/d"}, "");
  transaction.stage_file("/d/file", "x", 0644);
  transaction.make_directory("/d/new", 0755);
  transaction.stage_file("/d/new/file", "x", 0644);
  transaction.commit();
  transaction.finish();
  CHECK(root.status("/d/file")->gid == 4321);
  CHECK(root.status("/d/file")->mode == 0644);
  CHECK(root.status("/d/new")->mode == 02755);
  CHECK(root.status("/d/new/file")->gid == 4321);
}

TEST_CASE("an owner is given where asked for") {
  if (geteuid() != 0) return not_tested("only root can give files away");
  Scratch scratch;
  scratch.write("/d/source", "x");
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin({"/d"}, "");
  transaction.stage_file("/d/file", "x", 0640, Owner{1234, 4321});
  transaction.stage_copy(root, "/d/source", "/d/copy", 0640, Owner{1234, 0});
  transaction.commit();
  transaction.finish();
  CHECK(root.status("/d/file")->uid == 1234);
  CHECK(root.status("/d/file")->gid == 4321);
  CHECK(root.status("/d/file")->mode == 0640);
  CHECK(root.status("/d/copy")->uid == 1234);
}

TEST_CASE("copies are exact, whatever the size") {
  Scratch scratch;
  std::string large(5'000'000, 'a');
  for (std::size_t i = 0; i < large.size(); i += 997) large[i] = static_cast<char>(i);
  scratch.write("/s/large", large);
  scratch.write("/s/empty", "");
  scratch.link("large", "/s/link");
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin({"/d"}, "");
  transaction.make_directory("/d");
  transaction.stage_copy(root, "/s/link", "/d/large", 0644);
  transaction.stage_copy(root, "/s/empty", "/d/empty", 0644);
  // A file of another file system, with a reported size of 0.
  transaction.stage_copy(Root("/"), "/proc/sys/kernel/ostype", "/d/ostype", 0644);
  transaction.stage_file("/d/content", large, 0644);
  transaction.stage_file("/d/nothing", "", 0644);
  transaction.commit();
  transaction.finish();
  CHECK(scratch.read("/d/large") == large);
  CHECK(scratch.read("/d/content") == large);
  CHECK(scratch.read("/d/empty").empty());
  CHECK(root.status("/d/nothing")->size == 0);
  CHECK(scratch.read("/d/ostype") == "Linux\n");
}

TEST_CASE("a source that is no regular file is refused") {
  Scratch scratch;
  scratch.make_directory("/d");
  scratch.link("/missing", "/dangling");
  REQUIRE(mkfifo(scratch.host("/fifo").c_str(), 0600) == 0);
  auto root = scratch.root();
  auto source = GENERATE(as<std::string>{}, "/missing", "/dangling", "/fifo", "/d");
  Transaction transaction(root);
  transaction.begin({"/d"}, "");
  auto thrown = error_of<IoError>([&] { transaction.stage_copy(root, source, "/d/copy", 0644); });
  CHECK(thrown.code == "io.read");
  CHECK(thrown.subject == scratch.host(source));
  CHECK(is_clean(scratch));
}

TEST_CASE("existing directories stay unchanged") {
  Scratch scratch;
  scratch.make_directory("/data/tftp");
  chmod(scratch.host("/data/tftp").c_str(), 0700);
  scratch.link("/data/tftp", "/srv");
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin({"/data/tftp", "/srv", "/srv/pxelinux.cfg"}, "");
  transaction.make_directory("/data/tftp", 0755);
  transaction.make_directory("/srv", 0755);  // a symlink to a directory
  transaction.make_directory("/srv/pxelinux.cfg", 0755);
  transaction.stage_file("/srv/pxelinux.cfg/default", "x", 0644);
  transaction.stage_file("/srv/pxelinux.0", "loader", 0644);
  transaction.make_directory("/", 0755);
  transaction.commit();
  transaction.finish();
  CHECK(root.status("/data/tftp")->mode == 0700);
  CHECK(root.status("/srv")->kind == FileKind::symlink);
  CHECK(scratch.read("/data/tftp/pxelinux.cfg/default") == "x");
  CHECK(scratch.read("/data/tftp/pxelinux.0") == "loader");
  CHECK(is_clean(scratch));
}

TEST_CASE("a directory is removed at the end, if it is empty") {
  Scratch scratch;
  scratch.write("/a/b/c/file", "x");
  scratch.write("/a/kept/mine", "x");
  scratch.write("/a/kept/foreign", "x");
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin({"/", "/a", "/a/b", "/a/b/c", "/a/kept"}, "");
  transaction.remove_directory("/a/b");
  transaction.remove_directory("/a/b/c");
  transaction.remove_directory("/a/kept");
  transaction.remove_directory("/a/never-was");
  transaction.remove_file("/a/b/c/file");
  transaction.remove_file("/a/kept/mine");
  transaction.commit();
  CHECK(scratch.exists("/a/b/c"));
  SECTION("finished") {
    transaction.finish();
    CHECK_FALSE(scratch.exists("/a/b"));
    CHECK(root.list_directory("/a/kept") == std::vector<std::string>{"foreign"});
  }
  SECTION("rolled back") {
    transaction.roll_back();
    transaction.finish();
    CHECK(scratch.read("/a/b/c/file") == "x");
    CHECK(scratch.read("/a/kept/mine") == "x");
  }
  CHECK(is_clean(scratch));
}

TEST_CASE("the state directory itself may be part of a transaction") {
  Scratch scratch;
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin({"/var/lib/krgboot"}, "");
  transaction.stage_file("/var/lib/krgboot/manifest", "mine", 0644);
  transaction.commit();
  transaction.finish();
  CHECK(root.list_directory("/var/lib/krgboot") == std::vector<std::string>{"manifest"});
}

TEST_CASE("names of any bytes survive") {
  Scratch scratch;
  scratch.make_directory("/d");
  auto root = scratch.root();
  const std::vector<std::string> names{"with blank", "new\nline",   "100%", "\xff\xfe",
                                       "tab\there",  "caf\xc3\xa9", "%41",  "\x7f"};
  Transaction transaction(root);
  transaction.begin({"/d", "/d/na me%\n"}, "pay load\n%41\xff");
  for (const auto& name : names) transaction.stage_file("/d/" + name, name, 0644);
  transaction.make_directory("/d/na me%\n");
  transaction.stage_file("/d/na me%\n/x y", "z", 0644);
  transaction.commit();
  // As another process sees it.
  auto report = Transaction::recover(root);
  CHECK(report.outcome == krgboot::RecoveryReport::Outcome::completed);
  CHECK(report.payload == "pay load\n%41\xff");
  transaction.finish();
  for (const auto& name : names) CHECK(scratch.read("/d/" + name) == name);
  CHECK(scratch.read("/d/na me%\n/x y") == "z");
  CHECK(is_clean(scratch));
}

TEST_CASE("many directories at once") {
  Scratch scratch;
  std::vector<std::string> directories;
  for (int i = 0; i < 150; ++i) {
    directories.push_back("/old" + std::to_string(i));
    scratch.write(directories.back() + "/replaced", "old");
  }
  directories.push_back("/new");
  auto root = scratch.root();
  Transaction transaction(root);
  transaction.begin(directories, "");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 150; ++i) {
      auto number = std::to_string(i);
      if (round == 0) {
        transaction.stage_file("/old" + number + "/replaced", "new" + number, 0644);
        transaction.make_directory("/new/" + number);
      } else {
        transaction.stage_file("/old" + number + "/created", "new" + number, 0644);
        transaction.stage_file("/new/" + number + "/file", "new" + number, 0644);
      }
    }
  }
  transaction.commit();
  auto rolled_back = GENERATE(false, true);
  if (rolled_back) transaction.roll_back();
  transaction.finish();
  for (int i = 0; i < 150; ++i) {
    auto number = std::to_string(i);
    CHECK(scratch.read("/old" + number + "/replaced") == (rolled_back ? "old" : "new" + number));
    CHECK(scratch.exists("/old" + number + "/created") != rolled_back);
    CHECK(scratch.exists("/new/" + number + "/file") != rolled_back);
  }
  CHECK(scratch.exists("/new") != rolled_back);
  CHECK(is_clean(scratch));
}

TEST_CASE("no planted symlink leads a transaction out of its root") {
  Scratch outside;
  outside.write("/victim", "host's");
  outside.make_directory("/etc");
  Scratch scratch;
  scratch.link(outside.path(), "/way");
  scratch.link("../../../../../../../../" + outside.path(), "/relative");
  scratch.make_directory("/d");
  scratch.link(outside.host("/victim"), "/d/link");
  auto root = scratch.root();
  {
    Transaction transaction(root);
    transaction.begin({"/d", "/way", "/relative/etc", "/"}, "");
    transaction.stage_file("/d/link", "new", 0644);
    CHECK(error_of<IoError>([&] { transaction.stage_file("/way/etc/made", "x", 0644); }).code == "io.open");
  }
  {
    Transaction transaction(root);
    transaction.begin({"/d", "/way"}, "");
    CHECK(error_of<ConflictError>([&] { transaction.make_directory("/way/etc/made"); }).code ==
          "transaction.in_the_way");
  }
  {
    Transaction transaction(root);
    transaction.begin({"/d"}, "");
    transaction.stage_file("/d/link", "new", 0644);
    transaction.commit();
    transaction.finish();
    CHECK(root.status("/d/link")->kind == FileKind::file);
  }
  CHECK(outside.read("/victim") == "host's");
  CHECK(outside.root().list_directory("/")->size() == 2);
  CHECK(outside.root().list_directory("/etc")->empty());
  CHECK(is_clean(scratch));
}

TEST_CASE("calls in the wrong order or without meaning are refused") {
  Scratch scratch;
  scratch.write("/d/file", "x");
  scratch.make_directory("/other");
  auto root = scratch.root();
  auto code_of = [&](auto call) {
    Transaction transaction(root);
    transaction.begin({"/d"}, "");
    auto code = error_of([&] { call(transaction); }).code;
    CHECK(error_of([&] { transaction.commit(); }).code == "transaction.order");
    return code;
  };
  CHECK(code_of([](Transaction& t) { t.stage_file("/other/file", "", 0644); }) == "transaction.not_declared");
  CHECK(code_of([](Transaction& t) { t.stage_file("d/file", "", 0644); }) == "path.syntax");
  CHECK(code_of([](Transaction& t) { t.stage_file("/d/../x", "", 0644); }) == "path.syntax");
  CHECK(code_of([](Transaction& t) { t.stage_symlink("", "/d/link"); }) == "transaction.link_target");
  CHECK(code_of([](Transaction& t) { t.stage_symlink(std::string("a\0b", 3), "/d/link"); }) ==
        "transaction.link_target");
  CHECK(code_of([](Transaction& t) {
          t.stage_file("/d/new", "1", 0644);
          t.stage_file("/d/new", "2", 0644);
        }) == "transaction.twice");
  CHECK(code_of([](Transaction& t) {
          t.stage_file("/d/file", "1", 0644);
          t.remove_file("/d/file");
        }) == "transaction.twice");
  CHECK(code_of([](Transaction& t) {
          t.remove_file("/d/file");
          t.stage_symlink("x", "/d/file");
        }) == "transaction.twice");
  CHECK(code_of([](Transaction& t) {
          t.make_directory("/d/new");
          t.stage_file("/d/new/a", "1", 0644);
          t.stage_file("/d/new/a", "2", 0644);
        }) == "transaction.twice");
  CHECK(is_clean(scratch));

  Transaction fresh(root);
  CHECK(error_of([&] { fresh.stage_file("/d/x", "", 0644); }).code == "transaction.order");
  CHECK(error_of([&] { fresh.commit(); }).code == "transaction.order");
  CHECK(error_of([&] { fresh.finish(); }).code == "transaction.order");
  CHECK(error_of([&] { fresh.roll_back(); }).code == "transaction.order");
  CHECK(error_of([&] { fresh.begin({"relative"}, ""); }).code == "path.syntax");

  Transaction transaction(root);
  transaction.begin({"/d"}, "");
  transaction.stage_file("/d/new", "1", 0644);
  CHECK(error_of([&] { transaction.begin({"/d"}, ""); }).code == "transaction.order");
  CHECK(error_of([&] { (void)transaction.staged_path("/d/file"); }).code == "transaction.not_staged");
  CHECK(error_of([&] { (void)transaction.staged_path("/other/file"); }).code == "transaction.not_staged");
  transaction.commit();
  CHECK(error_of([&] { transaction.commit(); }).code == "transaction.order");
  CHECK(error_of([&] { transaction.stage_file("/d/x", "", 0644); }).code == "transaction.order");
  transaction.finish();
  CHECK(error_of([&] { transaction.finish(); }).code == "transaction.order");
  CHECK(error_of([&] { transaction.roll_back(); }).code == "transaction.order");
}

TEST_CASE("an empty transaction leaves nothing") {
  Scratch scratch;
  scratch.make_directory("/d");
  auto before = *scratch.root().status("/d");
  Transaction transaction(scratch.root());
  transaction.begin({"/d"}, "");
  transaction.commit();
  transaction.finish();
  CHECK(is_clean(scratch));
  CHECK(scratch.root().status("/d") == before);
}
