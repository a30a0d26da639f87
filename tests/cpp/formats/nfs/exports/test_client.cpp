#include "krgboot/formats/nfs/exports/client.hpp"

#include <string>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::exports;

namespace {

Matching match(std::string_view client, std::string_view address, const NamesOf& names = {}) {
  return exports::Client::parse(client).match(Ipv4Address::from_string(address), names);
}

std::string problem(std::string_view client) {
  auto found = exports::Client::parse(client).problem();
  return found ? found->code : "";
}

}  // namespace

TEST_CASE("kinds of clients") {
  auto kind = [](std::string_view text) { return exports::Client::parse(text).kind(); };
  CHECK(kind("192.168.0.101") == ClientKind::host);
  CHECK(kind("ssi1.mycluster.home") == ClientKind::host);
  CHECK(kind("2001:db8::1") == ClientKind::host);
  CHECK(kind("192.168.0.0/24") == ClientKind::subnet);
  CHECK(kind("192.168.0.0/255.255.255.0") == ClientKind::subnet);
  CHECK(kind("*.mycluster.home") == ClientKind::wildcard);
  CHECK(kind("ssi?") == ClientKind::wildcard);
  CHECK(kind("ssi[1-4]") == ClientKind::wildcard);
  CHECK(kind("*/24") == ClientKind::wildcard);
  CHECK(kind("a/*") == ClientKind::subnet);
  CHECK(kind("a\\*b") == ClientKind::host);
  CHECK(kind("@nodes") == ClientKind::netgroup);
  CHECK(kind("*") == ClientKind::anonymous);
  CHECK(kind("") == ClientKind::anonymous);
  CHECK(kind("**") == ClientKind::wildcard);
  CHECK(kind("gss/krb5") == ClientKind::gss);
  CHECK(kind("gss") == ClientKind::host);
}

TEST_CASE("addresses and subnets match by their bits") {
  CHECK(match("192.168.0.101", "192.168.0.101") == Matching::yes);
  CHECK(match("192.168.0.101", "192.168.0.102") == Matching::no);
  CHECK(match("192.168.0.0/24", "192.168.0.255") == Matching::yes);
  CHECK(match("192.168.0.0/24", "192.168.1.0") == Matching::no);
  CHECK(match("192.168.0.96/27", "192.168.0.127") == Matching::yes);
  CHECK(match("192.168.0.96/27", "192.168.0.128") == Matching::no);
  CHECK(match("192.168.0.0/255.255.0.0", "192.168.77.1") == Matching::yes);
  CHECK(match("0.0.0.0/0.0.0.0", "192.168.77.1") == Matching::yes);
  CHECK(match("10.0.0.0/0", "192.168.77.1") == Matching::no);
  CHECK(match("10.0.0.0/33", "10.0.0.0") == Matching::no);
  CHECK(match("10.0.0/8", "10.0.0.0") == Matching::no);
  CHECK(match("2001:db8::/32", "10.0.0.0") == Matching::no);
  CHECK(match("2001:db8::1", "10.0.0.0") == Matching::no);
  CHECK(match("*", "10.0.0.0") == Matching::yes);
  CHECK(match("gss/krb5", "10.0.0.0") == Matching::no);
}

TEST_CASE("names match only where they are known") {
  NamesOf names = [](Ipv4Address address) {
    return address == Ipv4Address::from_string("192.168.0.101")
               ? std::vector<std::string>{"ssi1.mycluster.home", "ssi1"}
               : std::vector<std::string>{};
  };
  CHECK(match("ssi1", "192.168.0.101") == Matching::by_name);
  CHECK(match("*.home", "192.168.0.101") == Matching::by_name);
  CHECK(match("SSI1", "192.168.0.101", names) == Matching::yes);
  CHECK(match("ssi1", "192.168.0.102", names) == Matching::no);
  CHECK(match("*.home", "192.168.0.101", names) == Matching::yes);
  CHECK(match("*.home", "192.168.0.102", names) == Matching::no);
  CHECK(match("192.168.0.*", "192.168.0.101", names) == Matching::no);
  CHECK(match("@nodes", "192.168.0.101", names) == Matching::by_name);
}

TEST_CASE("wildcards") {
  CHECK(wildcard_matches("*", ""));
  CHECK(wildcard_matches("*.home", "ssi1.mycluster.home"));
  CHECK(wildcard_matches("ssi*.*home", "SSI1.mycluster.HOME"));
  CHECK(wildcard_matches("a*b*c", "aXbYbZc"));
  CHECK(wildcard_matches("ssi?", "ssi1"));
  CHECK(wildcard_matches("ssi[1-4]", "ssi3"));
  CHECK(wildcard_matches("ssi[^1-4]", "ssi5"));
  CHECK(wildcard_matches("ssi[]x]", "ssi]"));
  CHECK(wildcard_matches("ssi[-x]", "ssi-"));
  CHECK(wildcard_matches("ssi[x-]", "ssi-"));
  CHECK(wildcard_matches("a\\*b", "a*b"));

  CHECK_FALSE(wildcard_matches("", "a"));
  CHECK_FALSE(wildcard_matches("ssi?", "ssi"));
  CHECK_FALSE(wildcard_matches("ssi?", "ssi12"));
  CHECK_FALSE(wildcard_matches("ssi[1-4]", "ssi5"));
  CHECK_FALSE(wildcard_matches("ssi[1-4]", "ssi"));
  CHECK_FALSE(wildcard_matches("ssi[^1-4]", "ssi1"));
  CHECK_FALSE(wildcard_matches("ssi[a-c]", "ssiB"));
  CHECK(wildcard_matches("ssi[abc]", "ssiB"));
  CHECK_FALSE(wildcard_matches("a\\*b", "axb"));
  CHECK_FALSE(wildcard_matches("*.home", "home"));
  CHECK_FALSE(wildcard_matches("ssi[1", "ssi"));
  // Many stars against a long name that fits none of them: no exponential search.
  CHECK_FALSE(wildcard_matches("*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(200, 'a')));
}

TEST_CASE("clients that hardly mean what they say") {
  CHECK(problem("192.168.0.101") == "");
  CHECK(problem("192.168.0.0/24") == "");
  CHECK(problem("192.168.0.0/255.255.255.0") == "");
  CHECK(problem("2001:db8::/32") == "");
  CHECK(problem("ssi_1.mycluster.home") == "");
  CHECK(problem("@nodes") == "");
  CHECK(problem("0.0.0.0/0.0.0.0") == "");
  CHECK(problem("192.168.0.0/33") == "exports.bad_subnet");
  CHECK(problem("192.168.0.0/-1") == "exports.bad_subnet");
  CHECK(problem("192.168.0.0/24x") == "exports.bad_subnet");
  CHECK(problem("192.168.0.0/255.255.255") == "exports.bad_subnet");
  CHECK(problem("192.168.0/24") == "exports.bad_subnet");
  CHECK(problem("192.168.0.01/24") == "exports.bad_subnet");
  CHECK(problem("mycluster.home/24") == "exports.bad_subnet");
  CHECK(problem("2001:db8::/129") == "exports.bad_subnet");
  CHECK(problem("0.0.0.0/0") == "exports.zero_prefix");
  CHECK(problem("10.0.0.0/") == "exports.zero_prefix");
  CHECK(problem("192.168.0.101/24") == "exports.host_bits");
  CHECK(problem("192.168.0.*") == "exports.address_wildcard");
  CHECK(problem("192.168.?.1") == "exports.address_wildcard");
  CHECK(problem("10.1") == "exports.client_form");
  CHECK(problem("a,b") == "exports.client_form");
  CHECK(problem("ssi1..home") == "exports.client_form");
  CHECK(problem("*.home x") == "exports.client_form");
  CHECK(problem("*\\055x") == "exports.client_form");
  CHECK(problem("*\\-x") == "");
  CHECK(problem("#*") == "exports.client_form");
  CHECK(problem("@") == "exports.client_form");
}

TEST_CASE("clients fit to be written") {
  for (std::string good :
       {"192.168.0.101", "192.168.0.0/24", "*.mycluster.home", "@nodes", "*", "gss/krb5", "fe80::/10"}) {
    CHECK(exports::Client::from_string(good).to_string() == good);
  }
  for (std::string bad :
       {"", "-ro", "a b", "a\"b", "#a", "a(rw)", "a)", "a\nb", "a,b", "a\\*b", "10.0.0.\\134"}) {
    CAPTURE(bad);
    CHECK(error_of([&] { return exports::Client::from_string(bad); }).code == "exports.client_syntax");
  }
  CHECK(exports::Client::from_string(std::string(255, 'a')).to_string().size() == 255);
  CHECK(error_of([] { return exports::Client::from_string(std::string(256, 'a')); }).code ==
        "exports.client_syntax");
  CHECK(error_of([] { return exports::Client::from_string("10.0.0.0/33"); }).code == "exports.bad_subnet");
}

TEST_CASE("exportfs tells clients apart by kind and letters") {
  CHECK(exports::Client::parse("SSI1.Home") == exports::Client::parse("ssi1.home"));
  CHECK_FALSE(exports::Client::parse("") == exports::Client::parse("*"));
  CHECK_FALSE(exports::Client::parse("10.0.0.1/32") == exports::Client::parse("10.0.0.1"));
}

TEST_CASE("spellings of one client") {
  auto same = [](std::string_view a, std::string_view b) {
    return exports::Client::parse(a).means_same(exports::Client::parse(b)) &&
           exports::Client::parse(b).means_same(exports::Client::parse(a));
  };
  CHECK(same("10.0.0.0/24", "10.0.0.0/255.255.255.0"));
  CHECK(same("10.0.0.7/24", "10.0.0.0/024"));
  CHECK(same("", "*"));
  CHECK(same("SSI1.example.org", "ssi1.example.org"));
  CHECK_FALSE(same("10.0.0.0/24", "10.0.0.0/25"));
  CHECK_FALSE(same("10.0.0.1", "10.0.0.1/32"));  // exportfs looks for hosts before subnets
  CHECK_FALSE(same("10.0.0.0/x", "10.0.0.0/y"));
  CHECK_FALSE(same("10.0.0.0/0", "0.0.0.0/0"));  // each of them is one address
  CHECK_FALSE(same("2001:db8::1", "2001:db8::2"));
}
