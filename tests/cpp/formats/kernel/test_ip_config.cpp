#include "krgboot/formats/kernel/ip_config.hpp"

#include <string>

#include "address.hpp"
#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;
using krgboot::test::address;

TEST_CASE("ip= with autoconfiguration alone") {
  struct Case {
    std::string text;
    IpAutoconf autoconf;
    std::string canonical;
    bool is_dynamic;
  };
  auto c = GENERATE(values<Case>({
      {"dhcp", IpAutoconf::dhcp, "dhcp", true},
      {"on", IpAutoconf::any, "any", true},
      {"any", IpAutoconf::any, "any", true},
      {"off", IpAutoconf::none, "none", false},
      {"none", IpAutoconf::none, "none", false},
      {"static", IpAutoconf::none, "none", false},
      {"", IpAutoconf::none, "none", false},
      {"bootp", IpAutoconf::bootp, "bootp", true},
      {"rarp", IpAutoconf::rarp, "rarp", true},
      {"both", IpAutoconf::both, "both", true},
      {"dhcp6", IpAutoconf::dhcp6, "dhcp6", true},
      {"single-dhcp", IpAutoconf::single_dhcp, "single-dhcp", true},
      {"ibft", IpAutoconf::ibft, "ibft", false},
      {":", IpAutoconf::unset, ":", true},
  }));
  CAPTURE(c.text);
  auto config = IpConfig::parse(c.text);
  REQUIRE(config);
  IpConfig expected;
  expected.autoconf = c.autoconf;
  CHECK(*config == expected);
  CHECK(config->to_string() == c.canonical);
  CHECK(config->is_dynamic() == c.is_dynamic);
}

TEST_CASE("ip= in the kernel's full form") {
  auto config = IpConfig::from_string(
      "192.168.0.101:192.168.0.2:192.168.0.1:255.255.255.0:ssi1.mycluster.home:eth0:off:192.168.0.3:192.168."
      "0.4:"
      "192.168.0.5");
  CHECK(config.client == address("192.168.0.101"));
  CHECK(config.server == address("192.168.0.2"));
  CHECK(config.gateway == address("192.168.0.1"));
  CHECK(config.netmask == address("255.255.255.0"));
  CHECK(config.hostname == "ssi1.mycluster.home");
  CHECK(config.device == "eth0");
  CHECK(config.autoconf == IpAutoconf::none);
  CHECK(config.dns0 == address("192.168.0.3"));
  CHECK(config.dns1 == address("192.168.0.4"));
  CHECK(config.ntp0 == address("192.168.0.5"));
  CHECK_FALSE(config.is_dynamic());
}

TEST_CASE("forms of ip= read back") {
  struct Case {
    std::string text;
    std::string canonical;
  };
  auto c = GENERATE(values<Case>({
      {"192.168.0.101", "192.168.0.101"},
      {"192.168.0.101:192.168.0.2:192.168.0.1:255.255.255.0",
       "192.168.0.101:192.168.0.2:192.168.0.1:255.255.255.0"},
      {"192.168.0.101::::::", "192.168.0.101"},
      {":::::eth0:dhcp", ":::::eth0:dhcp"},
      {"0.0.0.0:::::eth0:dhcp", ":::::eth0:dhcp"},
      {"eth0:dhcp", ":::::eth0:dhcp"},
      {"eth0:dhcp:1500", "eth0:dhcp:1500"},
      {"eth0:dhcp::52:54:00:12:34:01", "eth0:dhcp::52:54:00:12:34:01"},
      {"eth0:on:9000:52-54-00-12-34-01", "eth0:any:9000:52:54:00:12:34:01"},
      {"10.0.0.1::10.0.0.254:255.0.0.0:n1:eth0:none:1500",
       "10.0.0.1::10.0.0.254:255.0.0.0:n1:eth0:none:1500"},
      {"10.0.0.1:::255.0.0.0::eth0:none:1500:52:54:00:12:34:01",
       "10.0.0.1:::255.0.0.0::eth0:none:1500:52:54:00:12:34:01"},
      {"10.0.0.1:::255.0.0.0::eth0:none::52:54:00:12:34:01",
       "10.0.0.1:::255.0.0.0::eth0:none::52:54:00:12:34:01"},
      {"::::::dhcp:10.0.0.3", "::::::dhcp:10.0.0.3"},
      {":::::::::10.0.0.5", ":::::::::10.0.0.5"},
      {"dhcp,1,52:54", ""},
      {"dhcp,0,node-1", "dhcp,0,node-1"},
      {":::::eth0:dhcp,255,x", ":::::eth0:dhcp,255,x"},
  }));
  CAPTURE(c.text);
  auto config = IpConfig::parse(c.text);
  if (c.canonical.empty()) {
    CHECK_FALSE(config);
    return;
  }
  REQUIRE(config);
  CHECK(config->to_string() == c.canonical);
  CHECK(IpConfig::parse(config->to_string()) == config);
}

TEST_CASE("what ip= cannot be") {
  auto text = GENERATE(as<std::string>{}, "DHCP", "dhcpx", "eth0", "192.168.0", "192.168.0.256", "1.2.3.4:x",
                       "1.2.3.4:::::eth0:maybe", "eth0:maybe", "1.2.3.4:::::eth0:none:1.2.3", "eth0:dhcp:0",
                       "eth0:dhcp:70000", "eth0:dhcp:1500:52:54:00", "1:2:3:4:5:6:7:8:9:10:11",
                       "1.2.3.4:1.2.3.4:1.2.3.4:1.2.3.4:h:e:none:1.2.3.4:1.2.3.4:1.2.3.4:1.2.3.4", "a b:dhcp",
                       "\"dhcp\"", " dhcp", "dhcp,", "dhcp,1", "dhcp,1,", "dhcp,256,x", "dhcp,x,y",
                       "[fe80::1]:::64::eth0:none");
  CAPTURE(text);
  CHECK_FALSE(IpConfig::parse(text));
  CHECK(error_of([&] { return IpConfig::from_string(text); }).code == "ip_config.syntax");
}

TEST_CASE("fields that cannot be written") {
  auto code = [](const IpConfig& config) { return error_of([&] { return config.to_string(); }).code; };
  for (const auto* name : {"a b", "a:b", "a\"", "a\n"}) {
    IpConfig config;
    config.hostname = name;
    CHECK(code(config) == "ip_config.syntax");
    config.hostname.clear();
    config.device = name;
    CHECK(code(config) == "ip_config.syntax");
  }
  IpConfig both;
  both.dns0 = address("10.0.0.3");
  both.mtu = 1500;
  CHECK(code(both) == "ip_config.syntax");
  IpConfig id;
  id.client_id = "1,x";
  CHECK(code(id) == "ip_config.syntax");
  id.autoconf = IpAutoconf::dhcp;
  CHECK(id.to_string() == "dhcp,1,x");
  id.client_id = "1,x y";
  CHECK(code(id) == "ip_config.syntax");
}
