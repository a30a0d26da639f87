#include "krgboot/base/error.hpp"
#include "krgboot/formats/dhcp/isc/hosts.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

DhcpHost host(const std::string& name = "web1") {
  return {HostName::from_string(name), MacAddress::from_string("52:54:00:00:00:0A")};
}

const std::string declared =
    "host web1 {\n  hardware ethernet 52:54:00:00:00:0a;\n  option host-name \"web1\";\n}\n";

}  // namespace

TEST_CASE("a host declaration has only what is set") {
  CHECK(dhcpd::render(host()) == declared);
  auto full = host();
  full.address = Ipv4Address::from_string("10.0.0.5");
  full.next_server = Ipv4Address::from_string("10.0.0.2");
  full.filename = "a \"quoted\" name";
  full.root_path = "/srv/nfs/caf\xe9";
  full.extra = {"max-lease-time 3600;", "if known {", "\tddns-hostname \"x\"; }"};
  CHECK(dhcpd::render(full) ==
        "host web1 {\n"
        "  hardware ethernet 52:54:00:00:00:0a;\n"
        "  fixed-address 10.0.0.5;\n"
        "  option host-name \"web1\";\n"
        "  next-server 10.0.0.2;\n"
        "  filename \"a \\\"quoted\\\" name\";\n"
        "  option root-path \"/srv/nfs/caf\\351\";\n"
        "  max-lease-time 3600;\n"
        "  if known {\n"
        "  \tddns-hostname \"x\"; }\n"
        "}\n");
}

TEST_CASE("a line that would swallow what follows is refused") {
  auto line = GENERATE(as<std::string>{}, "max-lease-time 3600", "} host other {", "option x \"open;",
                       "# a comment\n}");
  auto bad = host();
  bad.extra = {line};
  CHECK_THROWS_AS(dhcpd::render(bad), Error);
}

TEST_CASE("a host is added, replaced and removed, and every other byte stays") {
  auto before = GENERATE(as<std::string>{}, "", "# mine\n\nhost other { hardware ethernet 1:2:3:4:5:6; }\n",
                         "group { host web1 { } }\n", "subnet 10.0.0.0 netmask 255.0.0.0 { }\n");
  auto with = dhcpd::with_host(before, host());
  CHECK(with == before + declared);
  CHECK(dhcpd::with_host(with, host()) == with);
  auto changed = host("WEB1");
  changed.address = Ipv4Address::from_string("10.0.0.6");
  auto other = dhcpd::with_host(with, changed);
  CHECK(other == before + dhcpd::render(changed));
  CHECK(dhcpd::without_host(other, host().name) == before);
  CHECK(dhcpd::without_host(before, host().name) == before);
}

TEST_CASE("a host that shares its line leaves the rest of the line") {
  const std::string before = "host web1 { } # on the shelf\nhost b { } host web1 { }\n";
  CHECK(dhcpd::without_host(before, host().name) == " # on the shelf\nhost b { } host web1 { }\n");
  CHECK(dhcpd::with_host(before, host()) ==
        declared.substr(0, declared.size() - 1) + " # on the shelf\nhost b { } host web1 { }\n");
  CHECK(dhcpd::host_names(before) == std::vector<std::string>{"web1", "b", "web1"});
}

TEST_CASE("a file without a last newline gets one, and one with a fault is left alone") {
  CHECK(dhcpd::with_host("# end", host()) == "# end\n" + declared);
  CHECK_THROWS_AS(dhcpd::with_host("host a {", host()), ConfigError);
  CHECK_THROWS_AS(dhcpd::without_host("}", host().name), ConfigError);
}
