#include "krgboot/net/host_name.hpp"

#include <unordered_set>

#include "catch.hpp"
#include "error_of.hpp"

using krgboot::DomainName;
using krgboot::HostName;
using namespace std::string_view_literals;

TEST_CASE("a host name is kept as written") {
  for (auto text : {"ssi1", "a", "A", "Node-01", "1a", "a1", "3com", "x--y", "1-1"}) {
    CHECK(HostName::from_string(text).to_string() == text);
  }
  std::string longest(63, 'a');
  CHECK(HostName::parse(longest));
  CHECK_FALSE(HostName::parse(longest + "a"));
}

TEST_CASE("what is nearly a host name is refused") {
  for (auto text : {"",
                    "-",
                    "--",
                    "-a",
                    "a-",
                    "1",
                    "123",
                    "007",
                    "a.b",
                    "a.",
                    ".a",
                    ".",
                    "a_b",
                    "_a",
                    "a b",
                    " a",
                    "a ",
                    "a\n",
                    "\na",
                    "a\tb",
                    "a/b",
                    "..",
                    "a*",
                    "*",
                    "a#",
                    "a\"",
                    "a'b",
                    "a;b",
                    "a{",
                    "a}",
                    "a@b",
                    "a:b",
                    "a,b",
                    "ssi[1-4]",
                    "\xc3\xa4",
                    "n\xc3\xb6"
                    "de",
                    "node\xd9\xa1"}) {
    INFO(text);
    CHECK_FALSE(HostName::parse(text));
  }
  CHECK_FALSE(HostName::parse("a\0"sv));
  CHECK_FALSE(HostName::parse("a\0b"sv));
  CHECK_FALSE(HostName::parse("\0a"sv));
}

TEST_CASE("the error of a host name shows the text and the form expected") {
  auto error = error_of([] { return HostName::from_string("ssi_1"); });
  CHECK(error.code == "host_name.syntax");
  CHECK(error.subject == "ssi_1");
  CHECK(error.message ==
        "\"ssi_1\" is not a host name: expected 1 to 63 letters, digits and '-', beginning and ending with a "
        "letter or "
        "digit and not digits alone, such as ssi1");
  CHECK(
      error_of([] { return DomainName::from_string("a..b"); }).message ==
      "\"a..b\" is not a domain name: expected labels of 1 to 63 letters, digits and '-' joined by '.', 253 "
      "characters at most, the last label not digits alone, such as mycluster.home");
}

TEST_CASE("a domain is labels joined by dots") {
  for (auto text :
       {"home", "mycluster.home", "a.b.c.d", "3.example.org", "0.0.10.in-addr.arpa", "MyCluster.Home"}) {
    CHECK(DomainName::from_string(text).to_string() == text);
  }
  for (auto text : {"",        ".",        "..",    "home.", ".home",  "a..b",           "1",     "a.1",
                    "1.2.3.4", "10.0.0.1", "-a.b",  "a-.b",  "a.-b",   "a.b-",           "a_b.c", "a b.c",
                    "a.b ",    " a.b",     "a.b\n", "a/b",   "*.home", "h\xc3\xb6me.org"}) {
    INFO(text);
    CHECK_FALSE(DomainName::parse(text));
    CHECK(error_of([&] { return DomainName::from_string(text); }).code == "domain.syntax");
  }
  CHECK_FALSE(DomainName::parse("a.b\0"sv));
  CHECK_FALSE(DomainName::parse("a\0.b"sv));
}

TEST_CASE("a domain has 253 characters at most, each label 63") {
  std::string label(63, 'a');
  auto longest = label + "." + label + "." + label + "." + std::string(61, 'a');
  REQUIRE(longest.size() == 253);
  CHECK(DomainName::parse(longest));
  CHECK_FALSE(DomainName::parse(longest + "a"));
  CHECK_FALSE(DomainName::parse(label + "a.home"));
}

TEST_CASE("names are compared and hashed without regard to case") {
  auto lower = HostName::from_string("ssi1");
  auto upper = HostName::from_string("SSI1");
  CHECK(lower == upper);
  CHECK((lower <=> upper) == std::weak_ordering::equivalent);
  CHECK(std::hash<HostName>{}(lower) == std::hash<HostName>{}(upper));
  CHECK(HostName::from_string("Alpha") < HostName::from_string("beta"));
  CHECK(HostName::from_string("alpha") < HostName::from_string("Beta"));
  CHECK(HostName::from_string("ssi") < HostName::from_string("SSI1"));
  CHECK(HostName::from_string("ssi1") != HostName::from_string("ssi2"));
  std::unordered_set<HostName> hosts{lower, upper, HostName::from_string("ssi2")};
  CHECK(hosts.size() == 2);

  auto home = DomainName::from_string("mycluster.home");
  CHECK(home == DomainName::from_string("MyCluster.HOME"));
  CHECK(home < DomainName::from_string("Mycluster.homes"));
  std::unordered_set<DomainName> domains{home, DomainName::from_string("MYCLUSTER.home")};
  CHECK(domains.size() == 1);
}
