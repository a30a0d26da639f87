#include "krgboot/system/sandbox.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <grp.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "forked.hpp"
#include "leftovers.hpp"
#include "not_tested.hpp"
#include "scratch.hpp"

using krgboot::Bind;
using krgboot::RunOptions;

namespace {

/// Output of the script in the sandbox with these binds.
std::string output_with(const std::vector<Bind>& binds, const std::string& script) {
  auto sandboxed = krgboot::run_with_binds(binds, {"sh", "-c", script});
  if (!sandboxed.result) return "unavailable: " + sandboxed.unavailable;
  return sandboxed.result->output;
}

/// Root may normally make a mount namespace here; if even that is forbidden (a container), the reason is
/// shown and the sandbox tests are skipped.
bool can_sandbox() {
  auto sandboxed = krgboot::run_with_binds({}, {"true"});
  if (!sandboxed.result) not_tested("no sandbox on this system: " + sandboxed.unavailable);
  return sandboxed.result.has_value();
}

}  // namespace

TEST_CASE("files and directories replace others inside only") {
  if (!can_sandbox()) return;
  Scratch scratch;
  scratch.write("/source/file", "new file");
  scratch.write("/source/directory/entry", "new entry");
  scratch.write("/target/file", "old file");
  scratch.write("/target/directory/old-entry", "old entry");
  auto before = mounts();
  CHECK(output_with({{scratch.host("/source/file"), scratch.host("/target/file")},
                     {scratch.host("/source/directory"), scratch.host("/target/directory")}},
                    "cd " + scratch.host("/target") +
                        " && cat file && ls directory && echo changed > directory/made") ==
        "new fileentry\n");
  CHECK(scratch.read("/target/file") == "old file");
  CHECK_FALSE(scratch.exists("/target/directory/entry"));
  CHECK(scratch.read("/source/directory/made") == "changed\n");
  CHECK(mounts() == before);
}

TEST_CASE("later binds go over earlier ones, sources are always the host's") {
  if (!can_sandbox()) return;
  Scratch scratch;
  scratch.write("/a/file", "a");
  scratch.write("/b/file", "b");
  scratch.write("/c", "c");
  CHECK(output_with({{scratch.host("/b"), scratch.host("/a")},
                     {scratch.host("/a"), scratch.host("/b")},
                     {scratch.host("/c"), scratch.host("/b/file")}},
                    "cd " + scratch.path() + " && cat a/file b/file") == "bc");
}

TEST_CASE("a read-only bind cannot be written") {
  if (!can_sandbox()) return;
  Scratch scratch;
  scratch.write("/source/file", "x");
  scratch.make_directory("/target");
  CHECK(output_with({{scratch.host("/source"), scratch.host("/target"), true}},
                    "echo y > " + scratch.host("/target/file") + " || echo refused")
            .find("refused") != std::string::npos);
  CHECK(scratch.read("/source/file") == "x");
}

TEST_CASE("a target that is missing on the host exists inside") {
  if (!can_sandbox()) return;
  Scratch scratch;
  scratch.write("/source/file", "new file");
  scratch.write("/host/etc/passwd", "passwd");
  scratch.write("/host/etc/default/grub", "grub");
  scratch.link("passwd", "/host/etc/link");
  scratch.link("/nowhere", "/host/etc/dangling");
  REQUIRE(mkfifo(scratch.host("/host/etc/fifo").c_str(), 0600) == 0);
  auto etc = scratch.host("/host/etc");
  SECTION("a directory, beside all that is there") {
    CHECK(output_with({{scratch.host("/source"), etc + "/exports.d"}},
                      "cd " + etc + " && ls && cat exports.d/file default/grub link && test -p fifo") ==
          "dangling\ndefault\nexports.d\nfifo\nlink\npasswd\nnew filegrubpasswd");
  }
  SECTION("a file, in directories that are missing too") {
    CHECK(output_with({{scratch.host("/source/file"), etc + "/a/b/c"}},
                      "cd " + etc + " && ls a a/b && cat a/b/c") == "a:\nb\n\na/b:\nc\nnew file");
  }
  SECTION("in the place of a symlink that dangles") {
    CHECK(output_with({{scratch.host("/source"), etc + "/dangling"}}, "cat " + etc + "/dangling/file") ==
          "new file");
  }
  SECTION("several of them, one within another bind") {
    CHECK(output_with({{scratch.host("/source"), etc + "/one"},
                       {scratch.host("/source/file"), etc + "/two"},
                       {scratch.host("/source/file"), etc + "/one/inner"},
                       {scratch.host("/source/file"), etc + "/passwd"}},
                      "cd " + etc + " && ls one && cat two one/inner passwd default/grub") ==
          "file\ninner\nnew filenew filenew filegrub");
  }
  SECTION("at the top of the file system") {
    CHECK(output_with({{scratch.host("/source"), "/krgboot-test-missing/images"}},
                      "cat /krgboot-test-missing/images/file && ls -d /proc/self/fd /usr/bin/env && cat " +
                          etc + "/passwd") == "new file/proc/self/fd\n/usr/bin/env\npasswd");
    CHECK_FALSE(std::filesystem::exists("/krgboot-test-missing"));
  }
  // The host is unchanged.
  CHECK(scratch.root().list_directory("/host/etc") ==
        std::vector<std::string>{"dangling", "default", "fifo", "link", "passwd"});
  CHECK(scratch.root().list_directory("/source") == std::vector<std::string>{"file"});
}

TEST_CASE("binds without meaning are refused") {
  Scratch scratch;
  scratch.write("/file", "");
  scratch.make_directory("/directory");
  auto refused = [&](const Bind& bind) {
    return error_of([&] { return krgboot::run_with_binds({bind}, {"true"}); }).code;
  };
  CHECK(refused({"relative", scratch.host("/file")}) == "sandbox.bind");
  CHECK(refused({scratch.host("/file"), "etc/exports"}) == "sandbox.bind");
  CHECK(refused({scratch.host("/file"), "/etc/../exports"}) == "sandbox.bind");
  CHECK(refused({scratch.host("/missing"), scratch.host("/file")}) == "sandbox.bind");
  CHECK(refused({scratch.host("/directory"), "/"}) == "sandbox.bind");
  if (!can_sandbox()) return;
  CHECK(refused({scratch.host("/file"), scratch.host("/directory")}) == "sandbox.bind");
  CHECK(refused({scratch.host("/directory"), scratch.host("/file")}) == "sandbox.bind");
}

TEST_CASE("the program in the sandbox is run as any other") {
  if (!can_sandbox()) return;
  Scratch scratch;
  scratch.write("/source/file", "x");
  RunOptions options;
  options.input = "input";
  options.environment = {{"NAME", "value"}};
  options.working_directory = scratch.host("/source");
  auto sandboxed = krgboot::run_with_binds({{scratch.host("/source"), scratch.host("/missing")}},
                                           {"sh", "-c", "cat; echo $NAME; ls; exit 3"}, options);
  REQUIRE(sandboxed.result);
  CHECK(sandboxed.result->output == "inputvalue\nfile\n");
  CHECK(sandboxed.result->status == 3);
  CHECK(error_of<krgboot::IoError>([] { return krgboot::run_with_binds({}, {"no-such-program"}); }).code ==
        "io.run");
  options.timeout = std::chrono::milliseconds(100);
  CHECK(krgboot::run_with_binds({}, {"sleep", "1000"}, options).result->timed_out);
}

TEST_CASE("files in memory hide the host's, and leave nothing behind") {
  if (!can_sandbox()) return;
  Scratch scratch;
  scratch.write("/etc/file", "the host's");
  scratch.write("/etc/covered/old", "the host's");
  auto etc = scratch.host("/etc");
  std::vector<krgboot::MemoryFile> files{{etc + "/file", "in memory"},
                                         {etc + "/covered", std::nullopt},
                                         {etc + "/covered/deep/er/new", "within"},
                                         {etc + "/covered/table", ""},
                                         {etc + "/missing/one", std::string(3'000'000, 'x')}};
  // As exportfs writes its table: into a new file, then a rename.
  auto script = "cd " + etc +
                "; cat file covered/deep/er/new; ls covered; wc -c <missing/one; echo more >>file; "
                "echo result >covered/new; mv covered/new covered/table; ln -s /etc/passwd covered/link; "
                "mkdir covered/directory";
  auto before = mounts();
  auto ran = krgboot::run_with_files(files, {"sh", "-c", script}, {},
                                     {etc + "/file", etc + "/covered/table", etc + "/covered/link",
                                      etc + "/covered/directory", etc + "/covered/absent", "/etc/passwd"});
  INFO(ran.unavailable);
  REQUIRE(ran.result);
  CHECK(ran.result->output == "in memorywithindeep\ntable\n3000000\n");
  CHECK(ran.files == std::map<std::filesystem::path, std::string>{{etc + "/file", "in memorymore\n"},
                                                                  {etc + "/covered/table", "result\n"}});
  CHECK(scratch.read("/etc/file") == "the host's");
  CHECK(scratch.root().list_directory("/etc") == std::vector<std::string>{"covered", "file"});
  CHECK(scratch.root().list_directory("/etc/covered") == std::vector<std::string>{"old"});
  CHECK(mounts() == before);

  auto refused = [&](const krgboot::MemoryFile& file) {
    return error_of([&] { return krgboot::run_with_files({file}, {"true"}); }).code;
  };
  CHECK(refused({"relative", ""}) == "sandbox.bind");
  CHECK(refused({"/", std::nullopt}) == "sandbox.bind");
  CHECK(refused({etc, "a file over a directory"}) == "sandbox.bind");
}

TEST_CASE("a file in memory stays if the host removes or replaces its target") {
  if (!can_sandbox()) return;
  Scratch scratch;
  Scratch signals;
  scratch.make_directory("/exports.d");
  scratch.write("/exports", "the host's\n");
  scratch.write("/beside", "beside it\n");
  std::vector<krgboot::MemoryFile> files{{scratch.host("/exports.d"), std::nullopt},
                                         {scratch.host("/exports.d/a"), "ours\n"},
                                         {scratch.host("/exports"), "ours, too\n"}};
  // When the program looks, the host's directory is gone, and another file has replaced the other one.
  auto script = fmt::format(
      "touch {1}/ready; while ! [ -e {1}/go-on ]; do sleep 0.01; done; cd {0}; "
      "cat exports.d/a exports beside",
      scratch.path(), signals.path());
  std::thread host([&] {
    while (!signals.exists("/ready")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::filesystem::remove(scratch.host("/exports.d"));
    scratch.write("/new", "the host's new one\n");
    std::filesystem::rename(scratch.host("/new"), scratch.host("/exports"));
    signals.write("/go-on", "");
  });
  auto ran = krgboot::run_with_files(files, {"sh", "-c", script});
  host.join();
  INFO(ran.unavailable);
  REQUIRE(ran.result);
  CHECK(ran.result->output == "ours\nours, too\nbeside it\n");
  CHECK(scratch.read("/exports") == "the host's new one\n");
  CHECK_FALSE(scratch.exists("/exports.d"));
}

TEST_CASE("an unprivileged user gets a user namespace, or the reason why not") {
  if (geteuid() != 0) {
    not_tested("only root becomes another user");
    return;
  }
  if (!can_sandbox()) return;
  Scratch scratch;
  scratch.write("/source/file", "new file");
  scratch.make_directory("/host/etc");
  auto nobody = 65534U;
  auto child = forked([&] {
    if (setgroups(0, nullptr) != 0 || setresgid(nobody, nobody, nobody) != 0 ||
        setresuid(nobody, nobody, nobody) != 0)
      _exit(2);
    auto sandboxed = krgboot::run_with_binds(
        {{scratch.host("/source"), scratch.host("/host/etc/missing")},
         {scratch.host("/source/file"), "/etc/passwd"},
         {scratch.host("/source"), "/krgboot-test-missing"}},
        {"sh", "-c",
         "cat /etc/passwd /krgboot-test-missing/file " + scratch.host("/host/etc/missing/file") + "; id -u"});
    if (!sandboxed.result) {
      fprintf(stderr, "%s\n", sandboxed.unavailable.c_str());
      _exit(sandboxed.unavailable.empty() ? 3 : 4);
    }
    auto in_memory = krgboot::run_with_files({{"/etc/passwd", "in memory"}, {"/krgboot-test", std::nullopt}},
                                             {"sh", "-c", "cat /etc/passwd; echo back >/krgboot-test/file"},
                                             {}, {"/krgboot-test/file"});
    if (!in_memory.result || in_memory.result->output != "in memory") _exit(6);
    if (in_memory.files["/krgboot-test/file"] != "back\n") _exit(7);
    if (sandboxed.result->output != "new filenew filenew file0\n") _exit(5);
  });
  auto status = status_of(child);
  if (status == 4) not_tested("no user namespaces on this system");
  CHECK((status == 0 || status == 4));
}

TEST_CASE("exportfs reads tables in memory and writes its etab there") {
  if (!can_sandbox()) return;
  auto program = krgboot::find_program("exportfs");
  if (!program) {
    not_tested("exportfs is not installed");
    return;
  }
  Scratch scratch;
  scratch.make_directory("/image");
  auto host_etab = krgboot::run({"cat", "/var/lib/nfs/etab"}).output;
  auto etc_before = krgboot::Root("/").list_directory("/etc");
  const std::string etab = "/var/lib/nfs/etab";
  auto exported = [&](const std::string& table) {
    auto ran = krgboot::run_with_files({{"/etc/exports", ""},
                                        {"/etc/exports.d", std::nullopt},
                                        {"/etc/exports.d/kerrighed.exports", scratch.host("/image") + table},
                                        {"/var/lib/nfs", std::nullopt},
                                        {etab, ""},
                                        {"/var/lib/nfs/rmtab", ""}},
                                       {*program, "-ra"}, {}, {etab});
    REQUIRE(ran.result);
    return ran;
  };
  auto good = exported(" 192.168.0.101(ro,no_root_squash,no_subtree_check,fsid=7) 10.0.0.0/24(ro,fsid=7)\n");
  INFO(good.result->output);
  CHECK(good.result->status == 0);
  auto table = good.files[etab];
  INFO(table);
  CHECK(table.find(scratch.host("/image") + "\t192.168.0.101(ro,") != std::string::npos);
  CHECK(table.find(scratch.host("/image") + "\t10.0.0.0/24(ro,") != std::string::npos);
  CHECK(std::count(table.begin(), table.end(), '\n') == 2);
  CHECK(exported(" 192.168.0.101(ro,no_such_option)\n").result->output.find("no_such_option") !=
        std::string::npos);

  CHECK(krgboot::run({"cat", "/var/lib/nfs/etab"}).output == host_etab);
  CHECK(krgboot::Root("/").list_directory("/etc") == etc_before);
}
