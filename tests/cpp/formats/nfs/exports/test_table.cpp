#include "krgboot/formats/nfs/exports/table.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "codes.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::exports;
using krgboot::test::codes;

namespace {

std::vector<std::string> table_codes(const std::string& text) {
  return codes(ExportsTable::parse(text).diagnostics());
}

std::string added(const std::string& text, const std::string& path = "/b",
                  const std::string& client = "10.0.0.9", const std::string& options = "ro") {
  auto table = ExportsTable::parse(text);
  table.add(path, client, options);
  REQUIRE(table.find(path, client) != nullptr);
  CHECK(table.find(path, client)->options == options);
  return table.to_string();
}

std::string removed(const std::string& text, const std::string& path = "/b",
                    const std::string& client = "10.0.0.9") {
  auto table = ExportsTable::parse(text);
  REQUIRE(table.remove(path, client));
  CHECK(table.find(path, client) == nullptr);
  return table.to_string();
}

std::string changed(const std::string& text, const std::string& options,
                    const std::string& client = "10.0.0.9") {
  auto table = ExportsTable::parse(text);
  table.change("/b", client, options);
  REQUIRE(table.find("/b", client) != nullptr);
  CHECK(table.find("/b", client)->options == options);
  return table.to_string();
}

}  // namespace

TEST_CASE("entries say what they are and where they stand") {
  auto table = ExportsTable::parse(
      "# the cluster\n"
      "/NFSROOT/kerrighed 192.168.0.101(rw,no_root_squash) \\\n"
      "  192.168.0.0/28(ro)\n"
      "\"/srv/two words\" -sync,rw @nodes *.home(ro)\n",
      "/etc/exports");
  REQUIRE(table.list().size() == 4);
  CHECK(table.diagnostics().empty());
  CHECK_FALSE(table.ends_early());
  const auto& first = table.list()[0];
  CHECK(first.path == "/NFSROOT/kerrighed");
  CHECK(first.client == "192.168.0.101");
  CHECK(first.options == "rw,no_root_squash");
  CHECK(first.default_options == "");
  CHECK_FALSE(first.effective.read_only());
  CHECK_FALSE(first.effective.root_squash());
  CHECK(first.effective.sync());
  CHECK(first.where.to_string() == "/etc/exports:2:20");
  CHECK(table.list()[1].where.to_string() == "/etc/exports:3:3");
  const auto& netgroup = table.list()[2];
  CHECK(netgroup.path == "/srv/two words");
  CHECK(netgroup.client == "@nodes");
  CHECK(netgroup.options == "");
  CHECK(netgroup.default_options == "sync,rw");
  CHECK_FALSE(netgroup.effective.read_only());
  CHECK(table.list()[3].effective.read_only());
  CHECK(table.list()[3].default_options == "sync,rw");
}

TEST_CASE("an entry as exportfs's table holds it") {
  auto table = ExportsTable::parse("\"/a b\" 10.0.0.1(rw,fsid=3,sec=krb5,sec=sys,no_root_squash)\n/c\n");
  REQUIRE(table.list().size() == 2);
  CHECK(table.list()[0].to_etab() ==
        "/a\\040b\t10.0.0.1(rw,sync,wdelay,hide,nocrossmnt,secure,no_root_squash,no_all_squash,no_subtree_"
        "check,"
        "secure_locks,acl,no_pnfs,fsid=3,anonuid=65534,anongid=65534,sec=krb5,rw,root_squash,no_all_squash,"
        "sec=sys,rw,no_root_squash,no_all_squash)");
  CHECK(table.list()[1].to_etab().substr(0, 8) == "/c\t(ro,s");
}

TEST_CASE("what exportfs takes in silence is said") {
  using Codes = std::vector<std::string>;
  CHECK(table_codes("/a 10.0.0.1(rw)\n") == Codes{});
  CHECK(table_codes("/a 10.0.0.1 (rw)\n") == Codes{"exports.no_options", "exports.options_without_client"});
  CHECK(table_codes("/a 10.0.0.1\n") == Codes{"exports.no_options"});
  CHECK(table_codes("/a -ro 10.0.0.1\n") == Codes{});
  CHECK(table_codes("/a\n") == Codes{"exports.no_client"});
  CHECK(table_codes("/a -ro\n") == Codes{"exports.no_client"});
  CHECK(table_codes("/a *(rw,no_root_squash)\n") == Codes{"exports.open_root"});
  CHECK(table_codes("/a -no_root_squash *(rw)\n") == Codes{"exports.open_root"});
  CHECK(table_codes("/a *(ro,no_root_squash)\n") == Codes{});
  CHECK(table_codes("/a *(rw,no_root_squash,all_squash)\n") == Codes{});
  CHECK(table_codes("/a *(rw,no_root_squash,sec=krb5)\n") == Codes{});
  CHECK(table_codes("/a 0.0.0.0/0(ro)\n") == Codes{"exports.zero_prefix"});
  CHECK(table_codes("/a 192.168.0.*(ro)\n") == Codes{"exports.address_wildcard"});
  CHECK(table_codes("/a 10.0.0.1(ro),10.0.0.2(ro)\n") == Codes{"exports.bad_option_list"});
  CHECK(table_codes("/a 10.0.0.1(rw, sync)\n") == Codes{"exports.bad_option_list"});
  CHECK(table_codes("/a 10.0.0.1(rv)\n") == Codes{"exports.unknown_option"});
  CHECK(table_codes("/a -rv 10.0.0.1\n") == Codes{"exports.unknown_option"});
  CHECK(table_codes("/a 10.0.0.1(anonuid=x)\n") == Codes{"exports.bad_option"});
  CHECK(table_codes("/a 10.0.0.0/33(ro)\n") == Codes{"exports.bad_subnet"});
  CHECK(table_codes("a 10.0.0.1(ro)\n") == Codes{"exports.path"});
  CHECK(table_codes("/a\\134\\060\\064\\060 10.0.0.1(ro)\n") == Codes{"exports.path"});
  CHECK(table_codes("/a -ro -sync\n") == Codes{"exports.dash_client", "exports.client_form"});
  CHECK(table_codes("/a \"\"\n") == Codes{"exports.no_client", "exports.empty_word"});
  CHECK(table_codes("/a \"10.0.0.1(ro)\n") == Codes{"exports.bad_option_list"});
  CHECK(table_codes("/a 10.0.0.1(ro)\"") == Codes{"exports.open_quote"});
  CHECK(table_codes(std::string("/a 10.0.0.1(ro)\0\n", 17)) == Codes{"exports.nul"});
  CHECK(table_codes("/a 10.0.0.1(ro)\n\r\n/b 10.0.0.1(ro)\n") == Codes{"exports.stray_blank"});
  CHECK(table_codes("/a 10.0.0.1(ro)\n\r\n# the end\n") == Codes{});
  CHECK(table_codes("/a 10.0.0.1(ro," + std::string(500, 'x') + ")\n") == Codes{"exports.client_too_long"});
  CHECK(table_codes("/" + std::string(1024, 'x') + " 10.0.0.1(ro)\n") == Codes{"exports.path"});
  CHECK(table_codes("/a 10.0.0.1(mp=/" + std::string(320, 'x') + ")\n") == Codes{"exports.etab_too_long"});
  CHECK(table_codes("/a 10.0.0.1(ro,squash_uids=0-9)\n") == Codes{"exports.ignored_option"});
  CHECK(table_codes("/a 10.0.0.1(ro,xprtsec=tls)\n") == Codes{"exports.newer_option"});
}

TEST_CASE("what entries do to each other is said") {
  using Codes = std::vector<std::string>;
  CHECK(table_codes("/a 10.0.0.1(ro) 10.0.0.2(ro)\n/b 10.0.0.1(ro)\n") == Codes{});
  CHECK(table_codes("/a 10.0.0.1(ro)\n/a/ 10.0.0.1(ro)\n") == Codes{"exports.duplicate"});
  CHECK(table_codes("/a @G(ro) @g(rw)\n") == Codes{"exports.duplicate"});
  CHECK(table_codes("/a 10.0.0.1(ro) 10.0.0.1/32(rw)\n") == Codes{});
  CHECK(table_codes("/a 10.0.0.1(ro,fsid=0) 10.0.0.2(ro,fsid=0)\n") == Codes{});
  CHECK(table_codes("/a 10.0.0.1(ro,fsid=0)\n/b 10.0.0.2(ro,fsid=root) 10.0.0.3(ro,fsid=0)\n") ==
        Codes{"exports.duplicate_fsid"});
  CHECK(table_codes("/a 10.0.0.1(ro,fsid=7)\n/b 10.0.0.2(ro,fsid=8)\n/c 10.0.0.2(ro,fsid=0x7)\n") ==
        Codes{"exports.duplicate_fsid"});

  auto table = ExportsTable::parse("/a 10.0.0.1(ro)\n/a 10.0.0.1(rw)\n", "exports");
  REQUIRE(table.diagnostics().size() == 1);
  CHECK(table.diagnostics()[0].to_string() ==
        "exports:2:4: error: /a is exported to 10.0.0.1 twice; exportfs takes the first, which has other "
        "options, "
        "and fails (the first is at exports:1:4) [exports.duplicate]");
}

TEST_CASE("what is lost, and where exportfs stops, is an error") {
  auto table = ExportsTable::parse("/a 10.0.0.1(ro)\n/b 10.0.0.2(ro,bogus)\n/c 10.0.0.3(ro)\n", "exports");
  CHECK(table.ends_early());
  CHECK(table.list().size() == 1);
  REQUIRE(table.diagnostics().size() == 1);
  CHECK(table.diagnostics()[0].to_string() ==
        "exports:2:4: error: exportfs does not know the option \"bogus\"; it drops this entry and all that "
        "follow "
        "in the file [exports.unknown_option]");
  CHECK(has_errors(ExportsTable::parse("/a 10.0.0.0/33(ro)\n").diagnostics()));
  CHECK_FALSE(has_errors(ExportsTable::parse("/a 10.0.0.1 (ro)\n/b\n").diagnostics()));
}

TEST_CASE("entries are found by path and client") {
  auto table = ExportsTable::parse("/a/ 10.0.0.1(ro) SSI1(rw)\n/b\n/c *(ro) (rw)\n");
  REQUIRE(table.find("/a", "10.0.0.1") != nullptr);
  CHECK(table.find("//a//", "ssi1")->options == "rw");
  CHECK(table.find("/b", "*")->client == "");
  CHECK(table.find("/b", "") == table.find("/b", "*"));
  CHECK(table.find("/c", "*")->options == "ro");
  CHECK(table.find("/a", "10.0.0.2") == nullptr);
  CHECK(table.find("/a", "10.0.0.1/32") == nullptr);
  CHECK(table.find("/a/b", "10.0.0.1") == nullptr);
}

TEST_CASE("a new client goes to its path's line") {
  CHECK(added("") == "/b 10.0.0.9(ro)\n");
  CHECK(added("# nothing\n") == "# nothing\n/b 10.0.0.9(ro)\n");
  CHECK(added("/a 10.0.0.1(rw)") == "/a 10.0.0.1(rw)\n/b 10.0.0.9(ro)\n");
  CHECK(added("/b 10.0.0.1(rw)\n/c 10.0.0.1(rw)\n") == "/b 10.0.0.1(rw) 10.0.0.9(ro)\n/c 10.0.0.1(rw)\n");
  CHECK(added("/b\t10.0.0.1(rw)  # one\n") == "/b\t10.0.0.1(rw) 10.0.0.9(ro)  # one\n");
  CHECK(added("/b \\\n 10.0.0.1(rw) \\\n 10.0.0.2(rw)\n") ==
        "/b \\\n 10.0.0.1(rw) \\\n 10.0.0.2(rw) 10.0.0.9(ro)\n");
  CHECK(added("/b 10.0.0.1(rw)\n/b 10.0.0.2(rw)\n") == "/b 10.0.0.1(rw)\n/b 10.0.0.2(rw) 10.0.0.9(ro)\n");
  CHECK(added("\"/b\"/ 10.0.0.1(rw)\n") == "\"/b\"/ 10.0.0.1(rw) 10.0.0.9(ro)\n");
  CHECK(added("/b 10.0.0.1(rw)\r\n/c 10.0.0.1(rw)\r\n") ==
        "/b 10.0.0.1(rw) 10.0.0.9(ro)\r\n/c 10.0.0.1(rw)\r\n");
  CHECK(added("", "/srv/two words", "10.0.0.9", "mp=/x y,rw") ==
        "/srv/two\\040words 10.0.0.9(mp=/x\\040y,rw)\n");
  CHECK(added("", "/b", "10.0.0.9", "") == "/b 10.0.0.9\n");
}

TEST_CASE("a new client gets a line of its own where the path's would change its meaning") {
  // The default options of the line would apply to it.
  CHECK(added("/b -rw 10.0.0.1\n") == "/b -rw 10.0.0.1\n/b 10.0.0.9(ro)\n");
  // The path would no longer be exported to everyone.
  CHECK(added("/b\n") == "/b\n/b 10.0.0.9(ro)\n");
  CHECK(added("/b \"\"\n") == "/b \"\"\n/b 10.0.0.9(ro)\n");
}

TEST_CASE("a new line begins where exportfs looks for one") {
  CHECK(added("/a 10.0.0.1(rw) \\\n") == "/a 10.0.0.1(rw) \\\n\n/b 10.0.0.9(ro)\n");
  CHECK(added("# a \\") == "# a \\\n/b 10.0.0.9(ro)\n");
  CHECK(added("# a \\\n") == "# a \\\n/b 10.0.0.9(ro)\n");
}

TEST_CASE("nothing is added that exportfs would not see") {
  auto broken = ExportsTable::parse("/a 10.0.0.1(bogus)\n", "exports");
  try {
    broken.add("/b", "10.0.0.9", "ro");
    FAIL("added behind a fault");
  } catch (const ConfigError& error) {
    CHECK(error.code() == "exports.tangled");
    CHECK(error.diagnostics().size() == 2);
  }
  CHECK(broken.to_string() == "/a 10.0.0.1(bogus)\n");
  // An entry before the error is read.
  CHECK(added("/b 10.0.0.1(rw)\n/a 10.0.0.1(bogus)\n") ==
        "/b 10.0.0.1(rw) 10.0.0.9(ro)\n/a 10.0.0.1(bogus)\n");
  // A new line after this backslash would remove it, and it is a client.
  auto backslash = ExportsTable::parse("/a 10.0.0.1(ro) \\");
  CHECK(error_of<ConfigError>([&] {
          backslash.add("/b", "10.0.0.9", "ro");
          return 0;
        }).code == "exports.tangled");
  auto open = ExportsTable::parse("/a 10.0.0.1(ro)\"");
  CHECK(error_of<ConfigError>([&] {
          open.add("/b", "10.0.0.9", "ro");
          return 0;
        }).code == "exports.tangled");
}

TEST_CASE("what cannot be added") {
  auto table = ExportsTable::parse("/b 10.0.0.9(ro)\n/c\n");
  auto code = [&](const std::string& path, const std::string& client, const std::string& options) {
    return error_of([&] {
             table.add(path, client, options);
             return 0;
           })
        .code;
  };
  CHECK(code("/b", "10.0.0.9", "rw") == "exports.duplicate");
  CHECK(code("/b//", "10.0.0.9", "rw") == "exports.duplicate");
  CHECK(code("/c", "*", "rw") == "exports.duplicate");
  CHECK(code("b", "10.0.0.8", "rw") == "exports.path");
  CHECK(code("/a\\040", "10.0.0.8", "rw") == "exports.path");
  CHECK(code("/b", "", "rw") == "exports.client_syntax");
  CHECK(code("/b", "10.0.0.8 ", "rw") == "exports.client_syntax");
  CHECK(code("/b", "10.0.0.8(ro)", "rw") == "exports.client_syntax");
  CHECK(code("/b", "10.0.0.8/33", "rw") == "exports.bad_subnet");
  CHECK(code("/b", "10.0.0.8", "rv") == "exports.unknown_option");
  CHECK(code("/b", "10.0.0.8", "rw) *(rw") == "exports.unknown_option");
  CHECK(code("/b", "10.0.0.8", "mp=/x) *(rw") == "exports.bad_option");
  CHECK(code("/b", "10.0.0.8", std::string("mp=/x\0", 6)) == "exports.bad_option");
  CHECK(code("/b", "10.0.0.8", "mp=/" + std::string(500, 'x')) == "exports.client_too_long");
  CHECK(code("/b", "10.0.0.8", "mp=/" + std::string(496, 'x') + " ") == "exports.client_too_long");
  CHECK(table.to_string() == "/b 10.0.0.9(ro)\n/c\n");
}

TEST_CASE("a removed client takes nothing else with it") {
  CHECK(removed("/b 10.0.0.9(rw) 10.0.0.1(ro)\n") == "/b 10.0.0.1(ro)\n");
  CHECK(removed("/b 10.0.0.1(ro)  10.0.0.9(rw) # x\n") == "/b 10.0.0.1(ro) # x\n");
  CHECK(removed("/b 10.0.0.1(ro) 10.0.0.9(rw) 10.0.0.2(ro)\n") == "/b 10.0.0.1(ro) 10.0.0.2(ro)\n");
  CHECK(removed("/b \\\n  10.0.0.9(rw) \\\n  10.0.0.1(ro)\n") == "/b \\\n  10.0.0.1(ro)\n");
  CHECK(removed("/b \\\n  10.0.0.1(ro) \\\n  10.0.0.9(rw)\n") == "/b \\\n  10.0.0.1(ro)\n");
}

TEST_CASE("with its last client goes the line") {
  CHECK(removed("/a *(ro)\n/b 10.0.0.9(rw)\n/c *(ro)\n") == "/a *(ro)\n/c *(ro)\n");
  CHECK(removed("/b 10.0.0.9(rw)") == "");
  CHECK(removed("/a *(ro)\n  /b \\\n 10.0.0.9(rw) \r\n/c *(ro)\n") == "/a *(ro)\n/c *(ro)\n");
  CHECK(removed("/b 10.0.0.9(rw) # x\n/c *(ro)\n") == " # x\n/c *(ro)\n");
  CHECK(removed("/b -rw 10.0.0.9\n") == "");
  CHECK(removed("/b\n/c *(ro)\n", "/b", "*") == "/c *(ro)\n");
  CHECK(removed("/b -rw\n/c *(ro)\n", "/b", "*") == "/c *(ro)\n");
  CHECK(removed("\"/b\" \"10.0.0.9(rw, sync)\"\n/c *(ro)\n") == "/c *(ro)\n");
}

TEST_CASE("a line's own options stay with its other clients, and go with the last") {
  CHECK(removed("/b -rw 10.0.0.9 10.0.0.1\n") == "/b -rw 10.0.0.1\n");
  CHECK(removed("/b -rw 10.0.0.1 10.0.0.9\n") == "/b -rw 10.0.0.1\n");
  CHECK(removed("/b 10.0.0.1(ro) -rw 10.0.0.9\n") == "/b 10.0.0.1(ro)\n");
  CHECK(removed("/b 10.0.0.1(ro) -rw 10.0.0.9 10.0.0.2\n") == "/b 10.0.0.1(ro) -rw 10.0.0.2\n");
}

TEST_CASE("what is not there is not removed") {
  auto table = ExportsTable::parse("/b 10.0.0.9(rw)\n");
  CHECK_FALSE(table.remove("/b", "10.0.0.1"));
  CHECK_FALSE(table.remove("/a", "10.0.0.9"));
  CHECK(table.to_string() == "/b 10.0.0.9(rw)\n");
}

TEST_CASE("a change touches one word") {
  CHECK(changed("/b 10.0.0.9(rw) 10.0.0.1(ro) # x\n", "ro,sync") ==
        "/b 10.0.0.9(ro,sync) 10.0.0.1(ro) # x\n");
  CHECK(changed("/b 10.0.0.9\n", "ro") == "/b 10.0.0.9(ro)\n");
  CHECK(changed("/b 10.0.0.9(ro)\n", "") == "/b 10.0.0.9\n");
  CHECK(changed("/b \"10.0.0.9(ro, sync)\"\n", "rw") == "/b 10.0.0.9(rw)\n");
  CHECK(changed("/b \\\n\t10.0.0.9(ro)\\\n10.0.0.1(ro)\n", "rw") ==
        "/b \\\n\t10.0.0.9(rw)\\\n10.0.0.1(ro)\n");
  CHECK(changed("/b\n", "ro", "*") == "/b *(ro)\n");
  CHECK(changed("/b -rw\n", "ro", "*") == "/b -rw *(ro)\n");
  CHECK(changed("/b (rw)\n", "ro", "*") == "/b *(ro)\n");
  // If nothing changes, every byte stays the same.
  CHECK(changed("/b \"10.0.0.9(ro)\"\n", "ro") == "/b \"10.0.0.9(ro)\"\n");

  auto table = ExportsTable::parse("/b 10.0.0.9(rw)\n");
  CHECK(error_of([&] {
          table.change("/b", "10.0.0.1", "ro");
          return 0;
        }).code == "exports.no_entry");
  CHECK(error_of([&] {
          table.change("/b", "10.0.0.9", "bogus");
          return 0;
        }).code == "exports.unknown_option");
}

TEST_CASE("a text too odd to be changed safely is left alone") {
  auto table = ExportsTable::parse("/b 10.0.0.9(rw) \"\" /c 10.0.0.1(rw)\n");
  REQUIRE(table.list().size() == 2);
  CHECK(error_of<ConfigError>([&] { return table.remove("/b", "10.0.0.9"); }).code == "exports.tangled");
  CHECK(table.to_string() == "/b 10.0.0.9(rw) \"\" /c 10.0.0.1(rw)\n");
}

TEST_CASE("a table is built up and taken down again") {
  ExportsTable table;
  table.add("/a", "10.0.0.1", "rw");
  table.add("/a", "10.0.0.2", "ro");
  table.add("/b c", "*", "ro,all_squash");
  CHECK(table.to_string() == "/a 10.0.0.1(rw) 10.0.0.2(ro)\n/b\\040c *(ro,all_squash)\n");
  CHECK(table.diagnostics().empty());
  CHECK(table.remove("/a", "10.0.0.1"));
  CHECK(table.remove("/b c", "*"));
  CHECK(table.remove("/a", "10.0.0.2"));
  CHECK(table.to_string() == "");
}
