#include "krgboot/formats/root_tree/fstab_table.hpp"

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "codes.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::fstab;
using krgboot::test::codes;

TEST_CASE("lines of fstab") {
  const std::string text =
      "# A swap partition\n"
      "/dev/hda  none\tswap sw 0 0\n"
      "\n"
      "   none /proc proc defaults 0 0\n"
      "192.168.0.2:/NFSROOT/kerrighed/home /home nfs rw,hard,nolock 0 0  # not a comment, but ignored\n"
      "none /two\\040words tmpfs size=1M\n"
      "none /short tmpfs\r\n";
  auto table = FstabTable::parse(text, "fstab");
  CHECK(table.to_string() == text);
  CHECK(table.diagnostics().empty());
  REQUIRE(table.list().size() == 5);
  CHECK(table.list()[0].mount == Mount{"/dev/hda", "none", "swap", "sw", 0, 0});
  CHECK(table.list()[1].mount == Mount{"none", "/proc", "proc", "defaults", 0, 0});
  CHECK(table.list()[1].where.to_string() == "fstab:4:4");
  CHECK(table.list()[2].mount.options == "rw,hard,nolock");
  CHECK(table.list()[3].mount == Mount{"none", "/two words", "tmpfs", "size=1M", 0, 0});
  CHECK(table.list()[4].mount == Mount{"none", "/short", "tmpfs", "", 0, 0});
}

TEST_CASE("libmount reads the same") {
  std::ifstream file(KRGBOOT_SOURCE_DIR "/tests/golden/fstab/oracle.json");
  auto golden = nlohmann::json::parse(file);
  auto table = FstabTable::parse(golden["fstab"].get<std::string>());
  REQUIRE(table.list().size() == golden["mounts"].size());
  for (std::size_t i = 0; i < table.list().size(); ++i) {
    const auto& expected = golden["mounts"][i];
    CHECK(table.list()[i].mount ==
          Mount{expected[0], expected[1], expected[2], expected[3], expected[4], expected[5]});
  }
}

TEST_CASE("lines that mount ignores") {
  auto table = FstabTable::parse(
      "none /a\nnone\nnone /b tmpfs rw x 0\nnone /c tmpfs rw 0 1x\nnone /d tmpfs rw # c\n"
      "none /e tmpfs rw 1 2 3 x\nnone /f tmpfs rw +1 -1\n",
      "fstab");
  CHECK(codes(table.diagnostics()) == std::vector<std::string>(5, "fstab.syntax"));
  CHECK(table.diagnostics()[2].to_string() ==
        "fstab:3:1: error: \"x\" is not a number; mount ignores it [fstab.syntax]");
  REQUIRE(table.list().size() == 2);
  CHECK(table.list()[0].mount == Mount{"none", "/e", "tmpfs", "rw", 1, 2});
  CHECK(table.list()[1].mount == Mount{"none", "/f", "tmpfs", "rw", 1, -1});
}

TEST_CASE("a place mounted twice") {
  auto table = FstabTable::parse(
      "s:/home /root nfs rw 0 0\ns:/root /root/ nfs rw 0 0\nnone none swap sw 0 0\nnone none swap sw 0 0\n"
      "s:/x /x nfs noauto 0 0\ns:/x /x nfs rw 0 0\n",
      "fstab");
  REQUIRE(codes(table.diagnostics()) == std::vector<std::string>{"fstab.mounted_twice"});
  CHECK(table.diagnostics()[0].to_string() ==
        "fstab:2:1: warning: \"/root/\" is mounted twice, and the later one hides the other (the first is at "
        "fstab:1:1) "
        "[fstab.mounted_twice]");
  CHECK(table.find("/root")->spec == "s:/root");
  CHECK(table.find("/") == nullptr);
}

TEST_CASE("escapes of fstab") {
  CHECK(escape("/two words") == "/two\\040words");
  CHECK(escape("a\tb\nc\\d") == "a\\011b\\012c\\134d");
  CHECK(escape("#a#") == "\\043a#");
  CHECK(unescape("\\0400") == " 0");
  CHECK(unescape("\\134040") == "\\040");
  CHECK(unescape("\\04\\8\\") == "\\04\\8\\");

  std::mt19937 random(1);
  const std::string alphabet = "\\\\0124 \t\n\r#/a\x7f\xc3";
  std::uniform_int_distribution<std::size_t> letter(0, alphabet.size() - 1);
  for (int i = 0; i < 5000; ++i) {
    std::string field;
    for (int n = 0; n < 12; ++n) field += alphabet[letter(random)];
    CAPTURE(field);
    REQUIRE(unescape(escape(field)) == field);
    Mount mount{field, "/" + field, "nfs", "rw", 0, 0};
    auto table = FstabTable::parse(mount.to_string() + "\n");
    REQUIRE(table.list().size() == 1);
    REQUIRE(table.list()[0].mount == mount);
  }
}

TEST_CASE("what cannot be a line of fstab") {
  auto code = [](const Mount& mount) { return error_of([&] { return mount.to_string(); }).code; };
  CHECK(code({"", "/a", "nfs", "rw", 0, 0}) == "fstab.field");
  CHECK(code({"s:/a", "", "nfs", "rw", 0, 0}) == "fstab.field");
  CHECK(code({"s:/a", "/a", "nfs", "", 0, 0}) == "fstab.field");
  CHECK(code({"s:/a", std::string("/a\0", 3), "nfs", "rw", 0, 0}) == "fstab.field");
  CHECK(code({"s:/a", "/a", "nfs", "rw", -1, 0}) == "fstab.field");
  CHECK(code({"s:/a", "/a", "nfs", "rw", 0, -1}) == "fstab.field");
}

TEST_CASE("where a remote mount comes from") {
  auto remote = [](const std::string& spec, const std::string& type) {
    return Mount{spec, "/a", type, "rw", 0, 0}.remote();
  };
  CHECK(remote("192.168.0.2:/NFSROOT/a", "nfs") == RemotePath{"192.168.0.2", "/NFSROOT/a"});
  CHECK(remote("[fe80::1]:/a:/b", "nfs4") == RemotePath{"[fe80::1]", "/a:/b"});
  CHECK_FALSE(remote("192.168.0.2:/a", "tmpfs"));
  CHECK_FALSE(remote("/a", "nfs"));
  CHECK_FALSE(remote(":/a", "nfs"));
  CHECK_FALSE(remote("server:a", "nfs"));
}

TEST_CASE("options of a mount") {
  Mount mount{"s:/a", "/a", "nfs", "rw,vers=3,_netdev", 0, 0};
  CHECK(mount.has_option("rw"));
  CHECK(mount.has_option("vers"));
  CHECK(mount.has_option("_netdev"));
  CHECK_FALSE(mount.has_option("ro"));
  CHECK_FALSE(mount.has_option("ver"));
  CHECK_FALSE(mount.has_option("netdev"));
}

TEST_CASE("a tmpfs on /var/run hides /run where there is one") {
  auto table =
      FstabTable::parse("none /var/run/ tmpfs defaults 0 0\nnone /var/lock tmpfs defaults 0 0\n", "fstab");
  CHECK(fstab::check(table, release(ReleaseName::lenny)).empty());
  auto found = fstab::check(table, release(ReleaseName::bookworm));
  REQUIRE(codes(found) == std::vector<std::string>{"fstab.var_run"});
  CHECK(found[0].where.to_string() == "fstab:1:1");
}
