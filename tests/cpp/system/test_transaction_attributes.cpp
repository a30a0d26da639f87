#include "krgboot/system/process.hpp"
#include "krgboot/system/transaction.hpp"

#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "extended_attributes.hpp"
#include "not_tested.hpp"
#include "own_mounts.hpp"
#include "scratch.hpp"

using krgboot::ConflictError;
using krgboot::IoError;
using krgboot::Owner;
using krgboot::Transaction;
using krgboot::test::access_list;
using krgboot::test::attribute;
using krgboot::test::set_attribute;

namespace {

/// Runs `stage` in a transaction of /d, and finishes it.
template <class Stage>
void change(const Scratch& scratch, Stage stage) {
  Transaction transaction(scratch.root());
  transaction.begin({"/d"}, "");
  stage(transaction);
  transaction.commit();
  transaction.finish();
}

bool may_set_everything() {
  return is_root("only root can give files away and set trusted attributes");
}

}  // namespace

TEST_CASE("a replaced file keeps access list, labels, notes and owner") {
  if (!may_set_everything()) return;
  Scratch scratch;
  scratch.write("/d/file", "old");
  scratch.write("/source", "new");
  auto file = scratch.host("/d/file");
  REQUIRE(chown(file.c_str(), 12, 34) == 0);
  REQUIRE(chmod(file.c_str(), 0640) == 0);
  krgboot::check_run({"setfacl", "-m", "u:1000:rw,g:77:r", file});
  set_attribute(file, "user.note", std::string("\0keep\xff", 6));
  set_attribute(file, "user.empty", "");
  set_attribute(file, "trusted.mark", "1");
  std::string label("system_u:object_r:dhcp_etc_t:s0");
  label.push_back('\0');
  set_attribute(file, "security.selinux", label);
  auto list = access_list(file);
  auto mode = scratch.root().status("/d/file")->mode;
  SECTION("by a text") {
    change(scratch, [&](Transaction& t) { t.stage_file("/d/file", "new", mode); });
    CHECK(scratch.root().status("/d/file")->uid == 12);
    CHECK(scratch.root().status("/d/file")->gid == 34);
  }
  SECTION("by a copy, for another owner") {
    change(scratch, [&](Transaction& t) {
      t.stage_copy(scratch.root(), "/source", "/d/file", mode, Owner{56, 78});
    });
    CHECK(scratch.root().status("/d/file")->uid == 56);
  }
  CHECK(scratch.read("/d/file") == "new");
  CHECK(scratch.root().status("/d/file")->mode == mode);
  CHECK(access_list(file) == list);
  CHECK(attribute(file, "user.note") == std::string("\0keep\xff", 6));
  CHECK(attribute(file, "user.empty").empty());
  CHECK(attribute(file, "trusted.mark") == "1");
  CHECK(attribute(file, "security.selinux") == label);
}

TEST_CASE("a new mode changes the permissions in an access list") {
  if (!may_set_everything()) return;
  Scratch scratch;
  scratch.write("/d/file", "old");
  auto file = scratch.host("/d/file");
  krgboot::check_run({"setfacl", "-m", "u:1000:rw", file});
  change(scratch, [&](Transaction& t) { t.stage_file("/d/file", "new", 0640); });
  CHECK(scratch.root().status("/d/file")->mode == 0640);
  CHECK(access_list(file).find("user:1000:rw-") != std::string::npos);
  CHECK(access_list(file).find("mask::r--") != std::string::npos);
}

TEST_CASE("attributes of the old content are dropped with it") {
  if (!may_set_everything()) return;
  Scratch scratch;
  scratch.write("/d/file", "old");
  krgboot::check_run({"setcap", "cap_net_raw+ep", scratch.host("/d/file")});
  change(scratch, [&](Transaction& t) { t.stage_file("/d/file", "new", 0755); });
  CHECK(attribute(scratch.host("/d/file"), "security.capability") == "(none)");
}

TEST_CASE("a replaced symlink keeps its attributes") {
  if (!may_set_everything()) return;
  Scratch scratch;
  scratch.link("old", "/d/link");
  scratch.write("/d/old", "what it leads to");
  auto link = scratch.host("/d/link");
  REQUIRE(lchown(link.c_str(), 12, 34) == 0);
  set_attribute(link, "trusted.mark", "of the link");
  change(scratch, [&](Transaction& t) { t.stage_symlink("new", "/d/link"); });
  CHECK(scratch.root().read_link("/d/link") == "new");
  CHECK(scratch.root().status("/d/link")->uid == 12);
  CHECK(attribute(link, "trusted.mark") == "of the link");
  CHECK(attribute(scratch.host("/d/old"), "trusted.mark") == "(none)");
}

TEST_CASE("an attribute that cannot be kept is reported before anything is replaced") {
  Scratch scratch;
  scratch.write("/d/file", "old");
  scratch.write("/d/other", "old");
  set_attribute(scratch.host("/d/file"), "user.note", "keep");  // a symlink cannot have it
  Transaction transaction(scratch.root());
  transaction.begin({"/d"}, "");
  transaction.stage_file("/d/other", "new", 0644);
  auto thrown = error_of<IoError>([&] { transaction.stage_symlink("other", "/d/file"); });
  CHECK(thrown.code == "io.setxattr");
  CHECK(thrown.subject == scratch.host("/d/file"));
  CHECK(thrown.message.find("user.note would be lost") != std::string::npos);
  CHECK(scratch.read("/d/file") == "old");
  CHECK(scratch.read("/d/other") == "old");
  CHECK(attribute(scratch.host("/d/file"), "user.note") == "keep");
  CHECK(scratch.root().list_directory("/d") == std::vector<std::string>{"file", "other"});
}

TEST_CASE("a file with several hard links is not replaced") {
  Scratch scratch;
  scratch.write("/d/file", "old");
  scratch.make_directory("/backup/of/d");
  for (const auto* name : {"/d/other", "/backup/of/d/file"})
    REQUIRE(link(scratch.host("/d/file").c_str(), scratch.host(name).c_str()) == 0);
  scratch.write("/source", "new");
  auto root = scratch.root();
  auto refusal = [&](auto stage) { return error_of<ConflictError>([&] { change(scratch, stage); }); };
  for (const auto& thrown : {refusal([](Transaction& t) { t.stage_file("/d/file", "new", 0644); }),
                             refusal([&](Transaction& t) { t.stage_copy(root, "/source", "/d/file", 0644); }),
                             refusal([](Transaction& t) { t.stage_symlink("x", "/d/file"); })}) {
    CHECK(thrown.code == "transaction.hard_links");
    CHECK(thrown.subject == scratch.host("/d/file"));
    INFO(thrown.message);
    for (const auto* name : {"/d/file", "/d/other", "/backup/of/d/file"})
      CHECK(thrown.message.find("\n  " + scratch.host(name)) != std::string::npos);
    CHECK(thrown.message.find("more") == std::string::npos);
    CHECK(thrown.message.find("cp -a " + scratch.host("/d/file")) != std::string::npos);
  }
  CHECK(scratch.read("/backup/of/d/file") == "old");
  CHECK(scratch.root().list_directory("/d") == std::vector<std::string>{"file", "other"});

  // Removing a name is allowed; and the advice in the message works.
  change(scratch, [](Transaction& t) { t.remove_file("/d/other"); });
  auto file = scratch.host("/d/file");
  krgboot::check_run({"sh", "-c", "cp -a " + file + " " + file + ".own && mv " + file + ".own " + file});
  change(scratch, [](Transaction& t) { t.stage_file("/d/file", "new", 0644); });
  CHECK(scratch.read("/d/file") == "new");
  CHECK(scratch.read("/backup/of/d/file") == "old");
}

TEST_CASE("names of a file outside of the root are counted") {
  Scratch scratch;
  scratch.write("/root/d/file", "old");
  REQUIRE(link(scratch.host("/root/d/file").c_str(), scratch.host("/outside").c_str()) == 0);
  Transaction transaction(scratch.root().beneath("/root"));
  transaction.begin({"/d"}, "");
  auto thrown = error_of<ConflictError>([&] { transaction.stage_file("/d/file", "new", 0644); });
  CHECK(thrown.code == "transaction.hard_links");
  CHECK(thrown.message.find("and 1 more") != std::string::npos);
}

TEST_CASE("a new file gets the given permissions, and none from a default access list") {
  Scratch scratch;
  scratch.make_directory("/d");
  auto directory = scratch.host("/d");
  set_attribute(directory, "user.note", "of the directory");
  krgboot::check_run({"setfacl", "-m", "d:u:1000:rwx,d:g:77:rwx,d:o::rwx,u:1000:rx", directory});
  auto list = access_list(directory);
  auto before = scratch.root().status("/d");
  change(scratch, [](Transaction& t) {
    t.stage_file("/d/file", "new", 0644);
    t.make_directory("/d/made/deeper", 0755);
    t.stage_file("/d/made/deeper/file", "new", 0640);
    t.stage_symlink("file", "/d/link");
  });
  CHECK(access_list(scratch.host("/d/file")) == "user::rw-\ngroup::r--\nother::r--\n\n");
  CHECK(access_list(scratch.host("/d/made")) == "user::rwx\ngroup::r-x\nother::r-x\n\n");
  CHECK(access_list(scratch.host("/d/made/deeper/file")) == "user::rw-\ngroup::r--\nother::---\n\n");
  // The directory itself is unchanged.
  CHECK(access_list(directory) == list);
  CHECK(attribute(directory, "user.note") == "of the directory");
  CHECK(scratch.root().status("/d")->mode == before->mode);

  scratch.root().make_directories("/d/by/hand", 0750);
  CHECK(access_list(scratch.host("/d/by")) == "user::rwx\ngroup::r-x\nother::---\n\n");
}

TEST_CASE("more attribute names than the kernel returns are an error, and no endless loop") {
  Scratch scratch;
  scratch.make_directory("/d");
  auto status = with_own_mounts([&] {
    auto place = scratch.host("/d");
    if (!mount_memory(place)) _exit(may_not_mount);
    std::ofstream(place + "/file") << "old";
    constexpr int names = 400;
    for (int i = 0; i < names; ++i) {
      auto name = "user." + std::to_string(1000 + i) + std::string(240, 'x');
      if (setxattr((place + "/file").c_str(), name.c_str(), "", 0, 0) != 0) _exit(may_not_mount);
    }
    Transaction transaction(scratch.root());
    transaction.begin({"/d"}, "");
    try {
      transaction.stage_file("/d/file", "new", 0644);
    } catch (const krgboot::IoError& error) {
      return error.error_number() == E2BIG;
    }
    return false;
  });
  if (status == may_not_mount) {
    WARN("NOT TESTED: no tmpfs here that takes so many attributes");
    return;
  }
  CHECK(status == 0);
}
