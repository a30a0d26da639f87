#include "krgboot/formats/nfs/exports/options.hpp"

#include <string>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::exports;

TEST_CASE("nfs-utils' defaults") {
  Options options;
  CHECK(options.read_only());
  CHECK(options.sync());
  CHECK(options.write_delay());
  CHECK(options.hide());
  CHECK_FALSE(options.crossmnt());
  CHECK(options.secure());
  CHECK(options.root_squash());
  CHECK_FALSE(options.all_squash());
  CHECK_FALSE(options.subtree_check());
  CHECK(options.secure_locks());
  CHECK(options.acl());
  CHECK(options.readdirplus());
  CHECK_FALSE(options.security_label());
  CHECK_FALSE(options.pnfs());
  CHECK(options.anonuid() == 65534);
  CHECK(options.anongid() == 65534);
  CHECK_FALSE(options.fsid());
  CHECK_FALSE(options.fsid_uuid());
  CHECK(options.flavors() == std::vector<Access>{{Flavor::sys, true, true, false}});
  CHECK(options == Options::from_string(""));
  CHECK(options == Options::from_string("ro,sync,root_squash"));
}

TEST_CASE("options of an NFS root") {
  auto options =
      Options::from_string("rw,async,no_root_squash,subtree_check,crossmnt,insecure,fsid=root,anonuid=7");
  CHECK_FALSE(options.read_only());
  CHECK_FALSE(options.sync());
  CHECK_FALSE(options.root_squash());
  CHECK(options.subtree_check());
  CHECK(options.crossmnt());
  CHECK_FALSE(options.secure());
  CHECK(options.fsid() == 0U);
  CHECK(options.anonuid() == 7);
  CHECK(options != Options());
}

TEST_CASE("the last of two contradicting options counts, and blanks may follow a comma") {
  CHECK(Options::from_string(" rw, \tro").read_only());
  CHECK_FALSE(Options::from_string("ro,rw").read_only());
  CHECK(Options::from_string("rw,") == Options::from_string("rw"));
}

TEST_CASE("near misses of options") {
  auto bad = GENERATE(table<std::string, std::string, std::string>({
      {"no_rootsquash", "exports.unknown_option", "did you mean no_root_squash?"},
      {"RW", "exports.unknown_option", "did you mean rw?"},
      {"ro ", "exports.unknown_option", "did you mean ro?"},
      {"ro=1", "exports.unknown_option", "did you mean ro?"},
      {"anon_uid=5", "exports.unknown_option", "did you mean anonuid=?"},
      {"anonuid", "exports.unknown_option", "did you mean anonuid=?"},
      {"sec", "exports.unknown_option", ""},
      {",ro", "exports.unknown_option", ""},
      {"ro,,", "exports.unknown_option", ""},
      {"anonuid=", "exports.bad_option", ""},
      {"anonuid=root", "exports.bad_option", ""},
      {"anongid=1 ", "exports.bad_option", ""},
      {"fsid=", "exports.bad_option", ""},
      {"fsid=1234567-1234-1234-1234-123456789abc", "exports.bad_option", ""},
      {"sec=", "exports.bad_option", ""},
      {"sec=sys:", "exports.bad_option", ""},
      {"sec=krb4", "exports.bad_option", ""},
      {"squash_uids=a", "exports.bad_option", ""},
      {"squash_gids=-1", "exports.bad_option", ""},
      {"squash_gids=1-2-3", "exports.bad_option", ""},
      {"xprtsec=ssl", "exports.unknown_option", ""},
  }));
  auto thrown = error_of([&] { return Options::from_string("rw," + std::get<0>(bad)); });
  CAPTURE(std::get<0>(bad), thrown.message);
  CHECK(thrown.code == std::get<1>(bad));
  CHECK(thrown.message.find(std::get<2>(bad)) != std::string::npos);
}

TEST_CASE("reading stops at the first error, and keeps what came before") {
  Options options;
  auto findings = options.apply("rw,squash_uids=0-99,bogus,no_root_squash");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].code == "exports.ignored_option");
  CHECK(findings[1].severity == Severity::error);
  CHECK(findings[1].option == "bogus");
  CHECK_FALSE(options.read_only());
  CHECK(options.root_squash());
}

TEST_CASE("options that only a newer nfs-utils knows are a warning") {
  Options options;
  auto findings = options.apply("xprtsec=tls:mtls,reexport=auto-fsidnum,rw");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].code == "exports.newer_option");
  CHECK(findings[1].code == "exports.newer_option");
  CHECK_FALSE(options.read_only());
}

TEST_CASE("flags by flavor") {
  auto options = Options::from_string("ro,sec=krb5:krb5p,rw,sec=sys,no_root_squash");
  CHECK(options.flavors() == std::vector<Access>{{Flavor::krb5, false, true, false},
                                                 {Flavor::krb5p, false, true, false},
                                                 {Flavor::sys, false, false, false}});
  CHECK(options.access(Flavor::sys)->root_squash == false);
  CHECK_FALSE(options.access(Flavor::krb5i));
  CHECK_FALSE(Options::from_string("sec=krb5").access(Flavor::sys));

  // A later list does not change flavors of an earlier list.
  Options line;
  line.apply("sec=sys,rw");
  line.apply("ro");
  CHECK(line.read_only());
  CHECK_FALSE(line.access(Flavor::sys)->read_only);
}

TEST_CASE("a UUID as fsid") {
  auto options = Options::from_string("fsid=12345678123412341234123456789abc");
  CHECK(options.fsid_uuid() == "12345678123412341234123456789abc");
  CHECK_FALSE(options.fsid());
  CHECK(Options::from_string("fsid=0x10").fsid() == 16U);
}
