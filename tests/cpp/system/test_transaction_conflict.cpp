#include "krgboot/system/transaction.hpp"

#include <map>

#include <fcntl.h>
#include <sys/stat.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "scratch.hpp"

using krgboot::ConflictError;
using krgboot::IoError;
using krgboot::Transaction;

namespace {

/// All paths with their contents, symlinks with their targets; without the state directory.
std::map<std::string, std::string> snapshot(const Scratch& scratch) {
  std::map<std::string, std::string> result;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path())) {
    auto path = entry.path().string().substr(scratch.path().size());
    if (path.rfind("/var", 0) == 0) continue;
    if (entry.is_symlink()) {
      result[path] = "-> " + std::filesystem::read_symlink(entry.path()).string();
    } else {
      result[path] = entry.is_directory() ? "/" : scratch.read(path);
    }
  }
  return result;
}

bool has_journal(const Scratch& scratch) {
  return scratch.exists("/var/lib/krgboot/journal");
}

void touch_later(const Scratch& scratch, const std::string& path) {
  struct timespec times[2] = {{2'000'000'000, 0}, {2'000'000'000, 0}};
  utimensat(AT_FDCWD, scratch.host(path).c_str(), times, AT_SYMLINK_NOFOLLOW);
}

/// Stages a transaction with every kind of change.
void stage_every_kind(Transaction& transaction) {
  transaction.begin({"/d", "/d/new"}, "payload");
  transaction.stage_file("/d/created", "new", 0644);
  transaction.stage_file("/d/replaced", "new", 0644);
  transaction.remove_file("/d/removed");
  transaction.make_directory("/d/new");
  transaction.stage_file("/d/new/file", "new", 0644);
  transaction.stage_symlink("new", "/d/link");
}

void make_old_tree(const Scratch& scratch) {
  scratch.write("/d/replaced", "old");
  scratch.write("/d/removed", "old");
  scratch.write("/d/foreign", "foreign");
  scratch.link("old", "/d/link");
}

}  // namespace

TEST_CASE("a target that changed between staging and commit stops the commit") {
  Scratch scratch;
  make_old_tree(scratch);
  Transaction transaction(scratch.root());
  stage_every_kind(transaction);
  std::string at;
  SECTION("a file appeared") {
    scratch.write("/d/created", "theirs");
    at = "/d/created";
  }
  SECTION("a directory appeared in the place of a file") {
    scratch.make_directory("/d/created");
    at = "/d/created";
  }
  SECTION("a dangling symlink appeared") {
    scratch.link("/nowhere", "/d/created");
    at = "/d/created";
  }
  SECTION("a directory appeared") {
    scratch.write("/d/new/file", "theirs");
    at = "/d/new";
  }
  SECTION("an empty directory appeared") {
    scratch.make_directory("/d/new");
    at = "/d/new";
  }
  SECTION("the file to replace was written to") {
    scratch.write("/d/replaced", "theirs");
    touch_later(scratch, "/d/replaced");
    at = "/d/replaced";
  }
  SECTION("the file to replace was replaced") {
    scratch.write("/d/theirs", "xyz");
    std::filesystem::rename(scratch.host("/d/theirs"), scratch.host("/d/replaced"));
    touch_later(scratch, "/d/replaced");
    at = "/d/replaced";
  }
  SECTION("the file to replace vanished") {
    std::filesystem::remove(scratch.host("/d/replaced"));
    at = "/d/replaced";
  }
  SECTION("the file to replace is a directory now") {
    std::filesystem::remove(scratch.host("/d/replaced"));
    scratch.write("/d/replaced/theirs", "x");
    at = "/d/replaced";
  }
  SECTION("the file to remove was written to") {
    scratch.write("/d/removed", "theirs");
    touch_later(scratch, "/d/removed");
    at = "/d/removed";
  }
  SECTION("the file to remove vanished") {
    std::filesystem::remove(scratch.host("/d/removed"));
    at = "/d/removed";
  }
  SECTION("the symlink to replace points elsewhere") {
    std::filesystem::remove(scratch.host("/d/link"));
    scratch.link("theirs", "/d/link");
    at = "/d/link";
  }
  auto before = snapshot(scratch);
  for (auto entry = before.begin(); entry != before.end();) {
    entry = entry->first.find(".krgboot.") == std::string::npos ? std::next(entry) : before.erase(entry);
  }
  auto thrown = error_of<ConflictError>([&] { transaction.commit(); });
  CHECK(thrown.code == "transaction.conflict");
  CHECK(thrown.subject == scratch.host(at));
  CHECK(snapshot(scratch) == before);
  CHECK_FALSE(has_journal(scratch));
}

TEST_CASE("an obstacle is reported when staging") {
  Scratch scratch;
  make_old_tree(scratch);
  auto before = snapshot(scratch);
  auto code_of = [&](auto call) {
    Transaction transaction(scratch.root());
    transaction.begin({"/", "/d"}, "");
    return error_of<ConflictError>([&] { call(transaction); }).code;
  };
  CHECK(code_of([](Transaction& t) { t.stage_file("/d", "", 0644); }) == "transaction.directory");
  CHECK(code_of([](Transaction& t) { t.stage_file("/", "", 0644); }) == "transaction.directory");
  CHECK(code_of([](Transaction& t) { t.stage_symlink("x", "/d"); }) == "transaction.directory");
  CHECK(code_of([](Transaction& t) { t.remove_file("/d"); }) == "transaction.directory");
  CHECK(code_of([](Transaction& t) { t.remove_file("/d/missing"); }) == "transaction.vanished");
  CHECK(code_of([](Transaction& t) { t.make_directory("/d/foreign"); }) == "transaction.in_the_way");
  CHECK(code_of([](Transaction& t) { t.make_directory("/d/foreign/below"); }) == "transaction.in_the_way");
  CHECK(code_of([](Transaction& t) { t.make_directory("/d/link"); }) == "transaction.in_the_way");
  CHECK(snapshot(scratch) == before);
  CHECK_FALSE(has_journal(scratch));
}

TEST_CASE("roll back leaves foreign changes since the commit alone") {
  Scratch scratch;
  make_old_tree(scratch);
  Transaction transaction(scratch.root());
  stage_every_kind(transaction);
  transaction.commit();
  auto expected = std::map<std::string, std::string>{{"/d", "/"},
                                                     {"/d/replaced", "old"},
                                                     {"/d/removed", "old"},
                                                     {"/d/foreign", "foreign"},
                                                     {"/d/link", "-> old"}};
  std::vector<std::string> left_alone;
  SECTION("a created file they wrote to") {
    scratch.write("/d/created", "theirs");
    touch_later(scratch, "/d/created");
    expected["/d/created"] = "theirs";
    left_alone = {"/d/created"};
  }
  SECTION("a replaced file they replaced") {
    std::filesystem::remove(scratch.host("/d/replaced"));
    scratch.write("/d/replaced", "theirs");
    touch_later(scratch, "/d/replaced");
    expected["/d/replaced"] = "theirs";
    left_alone = {"/d/replaced"};
  }
  SECTION("a replaced file they removed comes back") {
    std::filesystem::remove(scratch.host("/d/replaced"));
  }
  SECTION("a created file they removed stays away") {
    std::filesystem::remove(scratch.host("/d/created"));
  }
  SECTION("a removed file they made anew") {
    scratch.write("/d/removed", "theirs");
    expected["/d/removed"] = "theirs";
    left_alone = {"/d/removed"};
  }
  SECTION("a file of theirs in a directory that we made") {
    scratch.write("/d/new/theirs", "theirs");
    expected["/d/new"] = "/";
    expected["/d/new/theirs"] = "theirs";
    left_alone = {"/d/new"};
  }
  SECTION("a file that they changed in a directory that we made") {
    scratch.write("/d/new/file", "theirs");
    touch_later(scratch, "/d/new/file");
    expected["/d/new"] = "/";
    expected["/d/new/file"] = "theirs";
    left_alone = {"/d/new/file", "/d/new"};
  }
  SECTION("a directory that we made and they removed") {
    std::filesystem::remove_all(scratch.host("/d/new"));
  }
  CHECK(transaction.roll_back() == left_alone);
  transaction.finish();
  CHECK(snapshot(scratch) == expected);
  CHECK_FALSE(has_journal(scratch));
}

TEST_CASE("without the old version nothing is rolled back") {
  Scratch scratch;
  make_old_tree(scratch);
  Transaction transaction(scratch.root());
  stage_every_kind(transaction);
  transaction.commit();
  for (const auto& entry : std::filesystem::directory_iterator(scratch.host("/d"))) {
    if (entry.path().filename().string().rfind(".krgboot.", 0) == 0)
      std::filesystem::remove(entry.path() / "replaced");
  }
  CHECK(error_of<ConflictError>([&] { transaction.roll_back(); }).code == "transaction.cannot_roll_back");
  CHECK(scratch.read("/d/replaced") == "new");
  CHECK_FALSE(scratch.exists("/d/removed"));
  transaction.finish();
  CHECK(scratch.read("/d/created") == "new");
  CHECK_FALSE(has_journal(scratch));
}

TEST_CASE("the whole directory may be gone before the commit") {
  Scratch scratch;
  make_old_tree(scratch);
  Transaction transaction(scratch.root());
  stage_every_kind(transaction);
  std::filesystem::remove_all(scratch.host("/d"));
  CHECK_THROWS_AS(transaction.commit(), krgboot::Error);
  CHECK(snapshot(scratch).empty());
  CHECK_FALSE(has_journal(scratch));
}
