#include "krgboot/formats/nfs/nfs_conf.hpp"

#include <string>

#include "catch.hpp"

using namespace krgboot;

namespace {

NfsConf nfs_conf(const std::string& text) {
  NfsConf conf;
  conf.add(text, "nfs.conf");
  return conf;
}

}  // namespace

TEST_CASE("an nfs.conf that switches off a version of NFS") {
  auto text = GENERATE(as<std::string>{}, "[nfsd]\nvers3=n\n", "[nfsd]\nvers3 = no\n",
                       "[ NFSD ]\n  VERS3=Off\n", "[nfsd]\nvers3=\"0\"\n", "[nfsd]\nvers3=\\\nfalse\n",
                       "[nfsd]\nvers3=y\nvers3=n\n", "[nfsd]\nvers3=n  # version 4 only\n",
                       "[nfsd]\nvers3=n;4\n", "[nfsd]\nvers3='n' x\n", "[nfsd]\r\nvers3=n\r\n",
                       "[nfsd] # here\nvers3=n\n", "[nfsd]\n\\\nvers3=n\n", "[nfsd]\nvers3=n\\\n# 4\n",
                       "[nfsd]\nvers3=n\nvers3=\n", "[environment]\nX=n\n[nfsd]\nvers3=$X\n",
                       "[nfsd]\n# a \\\nb\nvers3=n\n", "[mountd]\nport=1\n[nfsd]\nthreads=8\nvers3=f\n");
  CAPTURE(text);
  CHECK(nfs_conf(text).switches_off(3));
  CHECK_FALSE(nfs_conf(text).switches_off(4));
}

TEST_CASE("an nfs.conf that leaves it on") {
  auto text = GENERATE(as<std::string>{}, "", "[nfsd]\n", "[nfsd]\n# vers3=n\n", "[nfsd]\n;vers3=n\n",
                       "[nfsd]\nvers3=y\n", "[nfsd]\nvers3=\n", "[mountd]\nvers3=n\n", "vers3=n\n",
                       "[nfsd]\nvers3=n\nvers3=yes\n", "[nfsd]\nvers3\n", "[nfsd]\nvers3=n",
                       "[nfsd]\n# a \\\nvers3=n\n", "[nfsd]\nvers3=\"n # a\"\n", "[nfsd]\nvers3==n\n",
                       "[nfsd]\nvers3=\"n\n", "[nfsd \"x\"]\nvers3=n\n", "[nfsd]\nvers3=$X\n",
                       "[a]\nb=c \\\n[nfsd]\nvers3=n\n", "[nfsd]\nvers3=# n\n", "[\n", "[nfsd]\nvers3=n\\");
  CAPTURE(text);
  CHECK_FALSE(nfs_conf(text).switches_off(3));
}

TEST_CASE("a drop-in file overrides nfs.conf") {
  auto conf = nfs_conf("[nfsd]\nvers3=y\nvers4=n\n");
  conf.add("[nfsd]\n\nvers3=n\n", "nfs.conf.d/local.conf");
  REQUIRE(conf.switches_off(3));
  CHECK(conf.switches_off(3)->to_string() == "nfs.conf.d/local.conf:3:1");
  CHECK(conf.switches_off(4)->to_string() == "nfs.conf:3:1");
  REQUIRE(conf.find("nfsd", "vers4") != nullptr);
  CHECK(conf.find("nfsd", "vers4")->value == "n");
  CHECK(conf.find("nfsd", "threads") == nullptr);
}
