#include "krgboot/formats/root_tree/hosts.hpp"

#include <string>
#include <vector>

#include "address.hpp"
#include "catch.hpp"

using namespace krgboot;
using namespace krgboot::hosts;
using krgboot::test::address;

namespace {

using Words = std::vector<std::string>;

// The guide's file, with lines that an admin adds.
constexpr auto guides_hosts =
    "127.0.0.1 localhost.localdomain localhost\n"
    "::1\tlocalhost ip6-localhost   # loopback\n"
    "\n"
    "# nodes\n"
    "192.168.0.1 server.mycluster.home server\n"
    "192.168.0.101 ssi1.mycluster.home ssi1\n"
    "\t192.168.0.102\tssi2.mycluster.home\tssi2 # the second#one\n"
    "192.168.0.101 login\n"
    "10.0.0.1 LOGIN";

}  // namespace

TEST_CASE("a hosts file is its text, to the byte") {
  auto text =
      GENERATE(as<std::string>{}, "", "\n\n", guides_hosts, "# only\r\n", "junk", std::string("a\0b\n", 4));
  CHECK(HostsFile::parse(text).to_string() == text);
}

TEST_CASE("entries of a hosts file") {
  auto file = HostsFile::parse(guides_hosts);
  CHECK(file.diagnostics().empty());
  REQUIRE(file.entries().size() == 7);
  CHECK(file.entries()[0] ==
        hosts::Entry{"127.0.0.1", address("127.0.0.1"), {"localhost.localdomain", "localhost"}, "", {1, 1}});
  CHECK(file.entries()[1] ==
        hosts::Entry{"::1", std::nullopt, {"localhost", "ip6-localhost"}, "loopback", {2, 1}});
  CHECK(file.entries()[4] == hosts::Entry{"192.168.0.102",
                                          address("192.168.0.102"),
                                          {"ssi2.mycluster.home", "ssi2"},
                                          "the second#one",
                                          {7, 2}});
  CHECK(file.entries()[6].names == Words{"LOGIN"});
}

TEST_CASE("names and addresses") {
  auto file = HostsFile::parse(guides_hosts);
  CHECK(file.names_of(address("192.168.0.101")) == Words{"ssi1.mycluster.home", "ssi1", "login"});
  CHECK(file.names_of(address("192.168.0.103")).empty());
  CHECK(file.address_of("ssi1") == address("192.168.0.101"));
  CHECK(file.address_of("SSI2.mycluster.HOME") == address("192.168.0.102"));
  CHECK(file.address_of("localhost") == address("127.0.0.1"));
  CHECK(file.address_of("ssi") == std::nullopt);
  CHECK(file.address_of("") == std::nullopt);
  CHECK(file.address_of("ip6-localhost") == std::nullopt);
  CHECK(file.addresses_of("Login") == std::vector{address("192.168.0.101"), address("10.0.0.1")});
  CHECK(HostsFile::parse("10.0.0.1 a a A\n10.0.0.1 a\n").names_of(address("10.0.0.1")) == Words{"a"});
}

TEST_CASE("lines that the resolver passes over") {
  struct Case {
    std::string text;
    std::string code;
  };
  auto c = GENERATE(values<Case>({
      {"192.168.0.256 a", "hosts.address"},
      {"192.168.0 a", "hosts.address"},
      {"192.168.0.01 a", "hosts.address"},
      {"a 192.168.0.1", "hosts.address"},
      {"192.168.0.1", "hosts.no_name"},
      {"192.168.0.1 # a", "hosts.no_name"},
      {":::1 a", "hosts.address"},
      {"192.168.0.1,a", "hosts.address"},
  }));
  CAPTURE(c.text);
  auto file = HostsFile::parse("\n" + c.text + "\n");
  CHECK(file.entries().empty());
  REQUIRE(file.diagnostics().size() == 1);
  CHECK(file.diagnostics()[0].code == c.code);
  CHECK(file.diagnostics()[0].severity == Severity::warning);
  CHECK(file.diagnostics()[0].where.position == Position{2, 1});

  auto fine = GENERATE(as<std::string>{}, "fe80::1%eth0 a", "::ffff:10.0.0.1 a", "#192.168.0.1", " \t#",
                       "10.0.0.1 a\r");
  CHECK(HostsFile::parse(fine).diagnostics().empty());
}
