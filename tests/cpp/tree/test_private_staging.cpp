// Permissions of an archive and of staged files, before and after they get their final names.
#include "krgboot/base/error.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/restore.hpp"

#include <set>

#include <sys/stat.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "sample_tree.hpp"

using namespace krgboot;

namespace {

/// Modes of the staged files and directories in the place of `scratch`.
std::set<mode_t> staged_modes(const Scratch& scratch) {
  std::set<mode_t> modes;
  for (const auto& name : names_in(scratch, "/place")) {
    if (name.rfind(".krgboot.image.", 0) == 0) modes.insert(scratch.root().status("/place/" + name)->mode);
  }
  return modes;
}

/// Makes a tree whose root is open to everyone, and a place whose default ACL gives everyone access.
void make_place(const Scratch& scratch) {
  for (int i = 0; i < 30; ++i)
    scratch.write("/tree/etc/shadow" + std::to_string(i), std::string(100'000, 'x'));
  CHECK(chmod(scratch.host("/tree").c_str(), 0777) == 0);
  scratch.make_directory("/place");
  check_run({"setfacl", "-m", "d:u:1000:rwx,d:g::rwx,d:o::rwx", scratch.host("/place")});
}

struct NoMask {
  mode_t old = umask(0);
  NoMask() = default;
  NoMask(const NoMask&) = delete;
  NoMask& operator=(const NoMask&) = delete;
  ~NoMask() { umask(old); }
};

}  // namespace

TEST_CASE("an archive and its manifest are private, before and after they get their final names") {
  Scratch scratch;
  NoMask mask;
  make_place(scratch);
  Root tree(scratch.host("/tree"));
  std::set<mode_t> seen;
  ArchiveOptions options;
  options.durable = false;
  options.progress = [&](const Progress&) {
    seen.merge(staged_modes(scratch));
    return true;
  };
  auto file = scratch.host("/place/a.tar");
  auto modes = [&] {
    return std::pair(scratch.root().status("/place/a.tar")->mode,
                     scratch.root().status("/place/a.tar.manifest")->mode);
  };
  krgboot::archive(tree, file, options);
  CHECK(modes() == std::pair<mode_t, mode_t>(0600, 0600));
  auto list = [&] { return check_run({"getfacl", "-cEnp", file}).output; };
  CHECK(list() == "user::rw-\ngroup::---\nother::---\n\n");

  options.replace = true;
  options.output_mode = 0640;
  krgboot::archive(tree, file, options);
  CHECK(modes() == std::pair<mode_t, mode_t>(0640, 0640));
  CHECK(list() == "user::rw-\ngroup::r--\nother::---\n\n");
  CHECK(seen == std::set<mode_t>{0600});

  options.output_mode = GENERATE(as<mode_t>{}, 0602, 0666, 0777, 0755, 04600, 01600);
  CHECK(error_of([&] { krgboot::archive(tree, file, options); }).code == "archive.mode");
  CHECK(modes() == std::pair<mode_t, mode_t>(0640, 0640));
}

TEST_CASE("other users cannot reach a tree that is being unpacked or copied") {
  Scratch scratch;
  NoMask mask;
  make_place(scratch);
  Root tree(scratch.host("/tree"));
  krgboot::archive(tree, scratch.host("/a.tar"));
  std::set<mode_t> seen;
  auto look = [&](const Progress&) {
    seen.merge(staged_modes(scratch));
    return true;
  };
  RestoreOptions restoring;
  restoring.durable = false;
  restoring.progress = look;
  // Including the comparison with the manifest, when the tree already has its own permissions.
  CHECK(restore(scratch.host("/a.tar"), scratch.root(), "/place/restored", restoring).verified);
  restoring.replace = true;
  restore(scratch.host("/a.tar"), scratch.root(), "/place/restored", restoring);
  CloneOptions cloning;
  cloning.durable = false;
  cloning.progress = look;
  clone(tree, scratch.root(), "/place/copy", cloning);
  CHECK(seen == std::set<mode_t>{0700});
  for (const auto* made : {"/place/restored", "/place/copy"}) {
    CHECK(scratch.root().status(made)->mode == 0777);
    CHECK(check_run({"getfacl", "-cEnp", scratch.host(made)}).output ==
          "user::rwx\ngroup::rwx\nother::rwx\n\n");
  }
  CHECK(names_in(scratch, "/place") == std::vector<std::string>{"copy", "restored"});
}
