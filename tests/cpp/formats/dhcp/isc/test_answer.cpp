#include "krgboot/formats/dhcp/isc/answer.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "address.hpp"
#include "catch.hpp"
#include "codes.hpp"

using namespace krgboot;
using namespace krgboot::dhcpd;
using krgboot::test::address;
using krgboot::test::codes;

namespace {

const auto mac1 = MacAddress::from_string("52:54:00:00:00:01");
const auto mac2 = MacAddress::from_string("52:54:00:00:00:02");

Configuration configured(const std::string& text) {
  Configuration configuration(text, "dhcpd.conf", nullptr);
  INFO(to_string(configuration.diagnostics()));
  REQUIRE_FALSE(has_errors(configuration.diagnostics()));
  return configuration;
}

/// The answer for the first machine, on the network of 192.168.0.2 if several are declared.
Answer ask(const std::string& text, dhcpd::Client client = pxe_client(mac1)) {
  client.link = address("192.168.0.2");
  return configured(text).answer(client);
}

std::string subnet(const std::string& body) {
  return "subnet 192.168.0.0 netmask 255.255.255.0 { " + body + " }\n";
}
const std::string pool_range = "range 192.168.0.150 192.168.0.199;";
const std::string host1 = "host one { hardware ethernet 52:54:00:00:00:01; ";

using List = std::vector<std::string>;

List configuration_codes(const std::string& text) {
  return codes(Configuration(text, "dhcpd.conf", nullptr).diagnostics());
}

}  // namespace

TEST_CASE("a listed machine gets its fixed address and the name of its host declaration") {
  auto answer =
      ask("use-host-decl-names on;\n" + subnet(pool_range) + host1 + "fixed-address 192.168.0.101; }");
  REQUIRE(answer.offered);
  CHECK(answer.address == address("192.168.0.101"));
  CHECK_FALSE(answer.from_pool());
  CHECK(answer.host == "one");
  CHECK(answer.host_where.to_string() == "dhcpd.conf:3:1");
  CHECK(answer.subnet == Ipv4Network::from_string("192.168.0.0/24"));
  CHECK(answer.subnet_where.to_string() == "dhcpd.conf:2:1");
  CHECK(answer.host_name() == "one");
  CHECK(answer.find("option host-name")->scope == "host one");
  CHECK(answer.text("option subnet-mask") == "255.255.255.0");
}

TEST_CASE("another machine gets an address of the pool") {
  auto answer =
      ask(subnet("pool { " + pool_range + " }") + host1 + "fixed-address 192.168.0.101; }", pxe_client(mac2));
  REQUIRE(answer.offered);
  CHECK(answer.from_pool());
  CHECK(answer.address == std::nullopt);
  CHECK(answer.pool == std::vector{Ipv4Range{address("192.168.0.150"), address("192.168.0.199")}});
  CHECK(answer.pool_where.to_string() == "dhcpd.conf:1:44");
  CHECK(answer.host.empty());
}

TEST_CASE("without a pool another machine gets nothing") {
  auto answer = ask(subnet("") + host1 + "fixed-address 192.168.0.101; }", pxe_client(mac2));
  CHECK_FALSE(answer.offered);
  CHECK(answer.reason == "no host declaration means this machine, and the network has no pool");
}

TEST_CASE("the narrower scope wins") {
  auto conf = [](std::size_t from) {
    // From the widest to the narrowest; `from` leaves out that many of the narrowest.
    std::vector<std::string> path = {"global", "group", "shared",    "subnet",
                                     "pool",   "class", "hostgroup", "host"};
    auto say = [&](std::size_t i) {
      return i + from < path.size() ? "filename \"" + path[i] + "\"; " : std::string();
    };
    return say(0) +
           "class \"c\" { match if substring(option vendor-class-identifier, 0, 9) = \"PXEClient\"; " +
           say(5) + "}\n" + "group { " + say(1) + "shared-network s { " + say(2) +
           subnet(say(3) + "pool { " + say(4) + pool_range + "} ") + "} }\n" + "group { " + say(6) + host1 +
           say(7) + "} }";
  };
  auto [left_out, winner] = GENERATE(table<std::size_t, std::string>({{0, "host"},
                                                                      {1, "hostgroup"},
                                                                      {2, "class"},
                                                                      {3, "pool"},
                                                                      {4, "subnet"},
                                                                      {5, "shared"},
                                                                      {6, "group"},
                                                                      {7, "global"}}));
  auto answer = ask(conf(left_out));
  REQUIRE(answer.offered);
  CHECK(answer.filename() == winner);
}

TEST_CASE("the place in the file does not matter between scopes, within one the last wins") {
  auto answer = ask(subnet(pool_range + " filename \"subnet\";") +
                    "filename \"late global\"; next-server 1.2.3.4; next-server 1.2.3.5;");
  CHECK(answer.filename() == "subnet");
  CHECK(answer.next_server() == address("1.2.3.5"));
  CHECK(answer.find("filename")->scope == "subnet 192.168.0.0 netmask 255.255.255.0");
  CHECK(answer.find("next-server")->scope == "global");
  CHECK(answer.find("next-server")->where.position.line == 2);
}

TEST_CASE("a group's parameters reach what is inside it, and nothing else") {
  auto conf = subnet(pool_range) + "group { filename \"g\"; " + host1 + "fixed-address 192.168.0.5; } }";
  CHECK(ask(conf).filename() == "g");
  CHECK(ask(conf, pxe_client(mac2)).filename() == "");
}

TEST_CASE("a host takes parameters of a named group") {
  CHECK(ask("group \"g\" { filename \"g\"; }\n" + subnet(pool_range) + host1 + "group \"g\"; }").filename() ==
        "g");
  CHECK(configuration_codes(subnet(pool_range) + host1 + "group \"g\"; }") == List{"dhcpd.unknown_group"});
}

TEST_CASE("a pool inherits from the shared network, not from a subnet beside its own") {
  auto conf = "shared-network s { subnet 10.0.0.0 netmask 255.255.255.0 { filename \"ten\"; }\n" +
              subnet("") + "pool { " + pool_range + " next-server 1.2.3.4; } }";
  auto answer = ask(conf);
  REQUIRE(answer.offered);
  CHECK(answer.subnet == Ipv4Network::from_string("192.168.0.0/24"));
  CHECK(answer.filename() == "");
  CHECK(answer.next_server() == address("1.2.3.4"));
}

TEST_CASE("of several fixed addresses the one on the network is taken") {
  auto conf = subnet("") + "subnet 10.0.0.0 netmask 255.255.255.0 { }\n" + host1 +
              "fixed-address 10.0.0.7, 192.168.0.7, 192.168.0.8; }";
  CHECK(ask(conf).address == address("192.168.0.7"));
  auto client = pxe_client(mac1);
  client.link = address("10.0.0.1");
  CHECK(configured(conf).answer(client).address == address("10.0.0.7"));
}

TEST_CASE("a host on another network leaves only the pool, as a known client") {
  auto conf = [](const std::string& permit) {
    return subnet("pool { " + permit + " " + pool_range + " }") +
           "subnet 10.0.0.0 netmask 255.255.255.0 { }\n" + host1 +
           "fixed-address 10.0.0.7; filename \"never\"; }";
  };
  auto answer = ask(conf(""));
  CHECK(answer.from_pool());
  CHECK(answer.host.empty());
  CHECK(answer.filename() == "");
  CHECK(ask(conf("allow known-clients;")).offered);
  CHECK_FALSE(ask(conf("allow unknown-clients;")).offered);
  CHECK(ask(conf("allow unknown-clients;"), pxe_client(mac2)).offered);
}

TEST_CASE("who is let into a pool") {
  auto [permits, known, unknown] = GENERATE(table<std::string, bool, bool>({
      {"", true, true},
      {"allow unknown-clients;", false, true},
      {"deny unknown-clients;", true, false},
      {"allow known clients;", true, false},
      {"deny known-clients;", false, true},
      {"allow known-clients; allow unknown clients;", true, true},
      {"allow all clients; deny known-clients;", false, true},
      {"deny all clients;", false, false},
      {"allow unauthenticated clients;", true, true},
      {"allow authenticated clients;", false, false},
      {"deny dynamic bootp clients;", true, true},
      {"allow dynamic bootp clients;", false, false},
      {"allow members of \"pxe\";", true, true},
      {"allow members of \"none\";", false, false},
      {"deny members of \"pxe\";", false, false},
  }));
  auto conf =
      "class \"pxe\" { match if substring(option vendor-class-identifier, 0, 9) = \"PXEClient\"; }\n"
      "class \"none\" { match if known; }\n" +
      subnet("pool { " + permits + " " + pool_range + " }") + host1 + "}";
  INFO(permits);
  CHECK(ask(conf).offered == known);
  CHECK(ask(conf, pxe_client(mac2)).offered == unknown);
}

TEST_CASE("a pool that opens at a date is doubtful") {
  auto answer = ask(subnet("pool { allow after 4 2026/11/26 00:00:00; " + pool_range + " }"));
  CHECK(answer.offered);
  CHECK(codes(answer.diagnostics) == List{"dhcpd.undecided"});
}

TEST_CASE("deny and ignore outside of a pool drop the request") {
  auto [statement, known, unknown] = GENERATE(table<std::string, bool, bool>({
      {"deny unknown-clients;", true, false},
      {"ignore unknown-clients;", true, false},
      {"boot-unknown-clients off;", true, false},
      {"boot-unknown-clients true;", true, true},
      {"allow unknown-clients;", true, true},
      {"deny booting;", false, false},
      {"deny bootp;", true, true},
  }));
  auto conf = statement + subnet(pool_range) + host1 + "}";
  INFO(statement);
  CHECK(ask(conf).offered == known);
  auto answer = ask(conf, pxe_client(mac2));
  CHECK(answer.offered == unknown);
  if (!unknown) CHECK(answer.reason.find("(dhcpd.conf:1:1)") != std::string::npos);
}

TEST_CASE("hosts are known by their client identifier first") {
  auto conf = subnet(pool_range) + host1 + "fixed-address 192.168.0.1; }\n" +
              "host id { uid \"me\"; fixed-address 192.168.0.2; }\n"
              "host hex { option dhcp-client-identifier 1:2:fF; fixed-address 192.168.0.3; }\n";
  auto client = pxe_client(mac1);
  CHECK(ask(conf, client).host == "one");
  client.options[61] = "me";
  CHECK(ask(conf, client).host == "id");
  client.options[61] = "\x01\x02\xff";
  CHECK(ask(conf, client).host == "hex");
  client.options[61] = "other";
  CHECK(ask(conf, client).host == "one");
}

TEST_CASE("hosts are known by an option last") {
  auto uuid = Uuid::from_string("00112233-4455-6677-8899-aabbccddeeff");
  auto conf =
      subnet(pool_range) +
      "host u { host-identifier option pxe-client-id 0 00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff;"
      " fixed-address 192.168.0.4; }\n" +
      host1 + "fixed-address 192.168.0.5; }";
  CHECK(ask(conf, pxe_client(mac2, uuid)).host == "u");
  CHECK_FALSE(ask(conf, pxe_client(mac2)).host == "u");
  CHECK(ask(conf, pxe_client(mac1, uuid)).host == "one");
  CHECK(configuration_codes(subnet("") + "host v { host-identifier option boot-size 7; }") ==
        List{"dhcpd.not_followed"});
}

TEST_CASE("which network a machine is on") {
  auto two = subnet("") + "subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.9; }\n";
  auto fixed = two + host1 + "fixed-address 192.168.0.5; }";
  auto client = pxe_client(mac1);
  CHECK(configured(fixed).answer(client).address == address("192.168.0.5"));
  CHECK_FALSE(configured(fixed).answer(pxe_client(mac2)).offered);
  CHECK(configured(fixed).answer(pxe_client(mac2)).reason ==
        "several networks are declared, and nothing says which one the machine is on");
  client = pxe_client(mac2);
  client.address = address("10.0.0.9");
  CHECK(configured(fixed).answer(client).from_pool());
  client.link = address("172.16.0.1");
  CHECK(configured(fixed).answer(client).reason == "no subnet is declared for the segment of 172.16.0.1");
  CHECK(configured("").answer(pxe_client(mac1)).reason == "no subnet is declared");
  CHECK(configured(subnet(pool_range)).answer(pxe_client(mac1)).from_pool());
}

TEST_CASE("the address that a machine holds chooses among pools") {
  auto conf = subnet(
      "pool { range 192.168.0.10 192.168.0.19; filename \"a\"; }\n"
      "pool { range 192.168.0.20 192.168.0.29; range 192.168.0.40; filename \"b\"; }");
  auto client = pxe_client(mac1);
  CHECK(codes(ask(conf, client).diagnostics) == List{"dhcpd.several_pools", "dhcpd.no_next_server"});
  client.address = address("192.168.0.40");
  auto answer = ask(conf, client);
  CHECK(answer.address == address("192.168.0.40"));
  CHECK(answer.filename() == "b");
  CHECK(answer.pool.size() == 2);
}

TEST_CASE("ranges outside of pools make one together") {
  auto answer = ask(subnet(
      "range 192.168.0.10 192.168.0.19; range dynamic-bootp 192.168.0.39 192.168.0.30; filename \"x\";"));
  CHECK(answer.pool == std::vector{Ipv4Range{address("192.168.0.10"), address("192.168.0.19")},
                                   Ipv4Range{address("192.168.0.30"), address("192.168.0.39")}});
  CHECK(answer.filename() == "x");
}

TEST_CASE("the guide's way to name pool machines") {
  auto conf = subnet(pool_range +
                     " send host-name = concat(\"krgnode\", binary-to-ascii(10, 8, \".\", "
                     "substring(leased-address, 3, 1)));");
  auto client = pxe_client(mac1);
  auto unknown = ask(conf, client);
  REQUIRE(unknown.find("option host-name"));
  CHECK_FALSE(unknown.find("option host-name")->exact);
  CHECK(unknown.find("option host-name")->text ==
        "concat(\"krgnode\", binary-to-ascii(10, 8, \".\", substring(leased-address, 3, 1)))");
  CHECK(unknown.host_name() == "");
  client.address = address("192.168.0.160");
  CHECK(ask(conf, client).host_name() == "krgnode160");
}

TEST_CASE("values are written in many ways") {
  auto [statement, name, text] = GENERATE(table<std::string, std::string, std::string>({
      {"option routers 10.0.0.1,10.0.0.2;", "option routers", "10.0.0.1, 10.0.0.2"},
      {"option dhcp.root-path \"x\";", "option root-path", "x"},
      {"OPTION Root-Path \"x\";", "option root-path", "x"},
      {"option root-path \"a\"; append root-path \"b\"; prepend root-path \"c\";", "option root-path", "cab"},
      {"option routers 1.1.1.1; append routers 2.2.2.2;", "option routers", "1.1.1.1, 2.2.2.2"},
      {"default root-path \"a\"; default root-path \"b\";", "option root-path", "a"},
      {"option root-path \"a\"; supersede root-path \"b\";", "option root-path", "b"},
      {"next-server = 0a:00:00:02;", "next-server", "10.0.0.2"},
      {"option routers = concat(0a:00:00:01, 0a:00:00:02);", "option routers", "10.0.0.1, 10.0.0.2"},
      {"supersede server.filename \"x\"; filename = \"y\";", "filename", "y"},
      {"supersede server.filename = \"z\";", "filename", "z"},
      {"option pxe-client-id = 00:ff;", "option pxe-client-id", "00:ff"},
      {"server-identifier 10.0.0.5;", "option dhcp-server-identifier", "10.0.0.5"},
      {"default-lease-time 600;", "default-lease-time", "600"},
  }));
  INFO(statement);
  auto answer = ask(subnet(pool_range) + statement);
  REQUIRE(answer.find(name));
  CHECK(answer.find(name)->text == text);
  CHECK(answer.find(name)->exact);
}

TEST_CASE("routers and next-server as addresses") {
  auto answer = ask(subnet(pool_range + " option routers 192.168.0.1, 192.168.0.254;") +
                    "next-server tftp.example.org;");
  CHECK(answer.routers() == std::vector{address("192.168.0.1"), address("192.168.0.254")});
  CHECK(answer.next_server() == std::nullopt);
  CHECK(answer.text("next-server") == "tftp.example.org");
}

TEST_CASE("a boot file without next-server is fetched from nowhere") {
  auto group = ask(subnet(pool_range) + "filename \"pxelinux.0\"; server-name \"192.168.0.2\";");
  REQUIRE(codes(group.diagnostics) == List{"dhcpd.no_next_server"});
  CHECK(group.diagnostics[0].where.to_string() == "dhcpd.conf:2:24");
  CHECK(ask(subnet(pool_range) + "filename \"x\"; next-server 1.2.3.4;").diagnostics.empty());
}

TEST_CASE("a fixed address by name is for the resolver") {
  auto answer = ask(subnet(pool_range) + host1 +
                    "fixed-address one.example.org; filename \"x\"; next-server 1.2.3.4; }");
  CHECK(answer.offered);
  CHECK(answer.address == std::nullopt);
  CHECK_FALSE(answer.from_pool());
  CHECK(answer.filename() == "x");
  CHECK(codes(answer.diagnostics) == List{"dhcpd.fixed_address_by_name"});
}

TEST_CASE("classes with subclasses") {
  auto conf =
      "class \"byhw\" { match hardware; filename \"class\"; }\n"
      "subclass \"byhw\" 1:52:54:00:00:00:01 { filename \"sub\"; }\n"
      "subclass \"byhw\" 1:52:54:00:00:00:02;\n"
      "class \"spawn\" { spawn with option vendor-class-identifier; next-server 1.2.3.4; }\n" +
      subnet(pool_range);
  CHECK(ask(conf).filename() == "sub");
  CHECK(ask(conf, pxe_client(mac2)).filename() == "class");
  CHECK(ask(conf, pxe_client(MacAddress::from_string("52:54:00:00:00:03"))).filename() == "");
  CHECK(ask(conf).next_server() == address("1.2.3.4"));
}

TEST_CASE("a class whose match only the daemon can tell is left out, and said so") {
  auto answer =
      ask("class \"c\" { match if gethostname() = \"x\"; filename \"class\"; }\n" + subnet(pool_range));
  CHECK(answer.filename() == "");
  CHECK(codes(answer.diagnostics) == List{"dhcpd.undecided"});
  CHECK(answer.diagnostics[0].where.position.line == 1);
}

TEST_CASE("includes are read where they stand") {
  std::map<std::string, std::string> files = {
      {"/etc/dhcp/krgboot.conf", "group { " + subnet(pool_range) + "filename \"ours\"; }"},
      {"/in-subnet", pool_range + "include \"/deeper\";"},
      {"/deeper", "filename \"deep\";"},
      {"/self", "include \"/self\";"},
      {"/a", "include \"/b\";"},
      {"/b", "include \"/a\";"},
      {"/broken", "group {"},
  };
  auto include = [&](const std::string& path) -> std::optional<std::string> {
    auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  auto read = [&](const std::string& text) { return Configuration(text, "/etc/dhcp/dhcpd.conf", include); };

  auto ours = read("include \"/etc/dhcp/krgboot.conf\";\nfilename \"theirs\";").answer(pxe_client(mac1));
  CHECK(ours.filename() == "ours");
  CHECK(ours.find("filename")->where.file == "/etc/dhcp/krgboot.conf");
  auto deep = read(subnet("include \"/in-subnet\";")).answer(pxe_client(mac1));
  CHECK(deep.filename() == "deep");
  CHECK(deep.find("filename")->scope == "subnet 192.168.0.0 netmask 255.255.255.0");

  auto [text, code] = GENERATE(table<std::string, std::string>({
      {"include \"/self\";", "dhcpd.include_loop"},
      {"include \"/a\";", "dhcpd.include_loop"},
      {"include \"/etc/dhcp/dhcpd.conf\";", "dhcpd.include_loop"},
      {"include \"/missing\";", "dhcpd.include_missing"},
      {"include /missing;", "dhcpd.bad_value"},
      {"include \"/broken\";", "dhcpd.unclosed_brace"},
  }));
  auto configuration = read(text);
  CHECK(codes(configuration.diagnostics()) == List{code});
  auto answer = configuration.answer(pxe_client(mac1));
  CHECK_FALSE(answer.offered);
  CHECK(answer.reason.find("dhcpd does not start with this configuration: ") == 0);
}

TEST_CASE("includes are bounded") {
  int reads = 0;
  auto endless = [&](const std::string& path) -> std::optional<std::string> {
    ++reads;
    return "include \"" + path + "a\"; include \"" + path + "b\";";
  };
  Configuration configuration("include \"/x\";", "dhcpd.conf", endless);
  CHECK(has_errors(configuration.diagnostics()));
  CHECK(reads < 1001);
}

TEST_CASE("what dhcpd refuses") {
  auto [text, code] = GENERATE(table<std::string, std::string>({
      {"subnet 192.168.0.1 netmask 255.255.255.0 { }", "dhcpd.bad_subnet"},
      {"subnet 192.168.0.0 netmask 255.0.255.0 { }", "dhcpd.bad_subnet"},
      {"subnet 192.168.0.0 { }", "dhcpd.bad_value"},
      {"subnet 192.168.0 netmask 255.255.255.0 { }", "dhcpd.bad_value"},
      {"subnet 192.168.0.256 netmask 255.255.255.0 { }", "dhcpd.bad_value"},
      {subnet("range 192.168.1.1;"), "dhcpd.bad_range"},
      {subnet("range 192.168.0.9 192.168.1.1;"), "dhcpd.bad_range"},
      {subnet("range 192.168.0.9 x;"), "dhcpd.bad_value"},
      {subnet("range 192.168.0.1 192.168.0.9; range 192.168.0.9;"), "dhcpd.overlapping_ranges"},
      {subnet("pool { }"), "dhcpd.empty_pool"},
      {subnet("subnet 192.168.0.0 netmask 255.255.255.128 { }"), "dhcpd.misplaced"},
      {"shared-network x { }", "dhcpd.empty_shared_network"},
      {"range 192.168.0.1;", "dhcpd.misplaced"},
      {"pool { range 10.0.0.1; }", "dhcpd.misplaced"},
      {"host a { host b { } }", "dhcpd.misplaced"},
      {"host a { } host a { }", "dhcpd.duplicate_host"},
      {"host a { hardware ethernet xx:xx:xx:xx:xx:xx; }", "dhcpd.bad_value"},
      {"host a { hardware ethernet 52:54:00:12:34:111; }", "dhcpd.bad_value"},
      {"host a { hardware 52:54:00:12:34:01; }", "dhcpd.bad_value"},
      {"hardware ethernet 52:54:00:12:34:01;", "dhcpd.misplaced"},
      {"host a { fixed-address ; }", "dhcpd.bad_value"},
      {"host { }", "dhcpd.bad_value"},
      {"host a;", "dhcpd.bad_statement"},
      {subnet("pool { " + pool_range + " allow members of \"x\"; }"), "dhcpd.unknown_class"},
      {subnet("pool { " + pool_range + " allow everybody; }"), "dhcpd.bad_statement"},
      {"subclass \"x\" 1:2;", "dhcpd.unknown_class"},
      {"class x { }", "dhcpd.bad_value"},
      {"match if known;", "dhcpd.misplaced"},
  }));
  INFO(text);
  CHECK(configuration_codes(text) == List{code});
  CHECK_FALSE(configured("").answer(pxe_client(mac1)).offered);
  CHECK(has_errors(Configuration(text, "x", nullptr).diagnostics()));
}

TEST_CASE("what dhcpd takes silently and hardly anybody means") {
  auto [text, code] = GENERATE(table<std::string, std::string>({
      {subnet("") + host1 +
           "fixed-address 192.168.0.1; }\nhost two { hardware ethernet 52:54:0:0:0:1; fixed-address "
           "192.168.0.2; }",
       "dhcpd.duplicate_hardware"},
      {subnet("") + host1 + "}\nhost two { hardware ethernet 52:54:0:0:0:1; }", "dhcpd.duplicate_hardware"},
      {subnet("") + "host a { fixed-address 192.168.0.1; } host b { fixed-address 192.168.0.1; }",
       "dhcpd.duplicate_address"},
      {subnet(pool_range) + "host a { fixed-address 192.168.0.150; }", "dhcpd.address_in_range"},
      {subnet(pool_range) + "host a { fixed-address 192.168.0.199; }", "dhcpd.address_in_range"},
      {subnet(pool_range) + "host a { fixed-address 192.168.1.1; }", "dhcpd.address_off_subnet"},
      {subnet("") + subnet(""), "dhcpd.subnet_twice"},
      {"subnet 192.168.0.0 netmask 255.255.0.255 { }", "dhcpd.odd_netmask"},
      {subnet("") + "subnet 192.168.0.128 netmask 255.255.255.128 { }", "dhcpd.overlapping_subnets"},
      {"subnet 192.168.0.128 netmask 255.255.255.128 { }" + subnet(""), "dhcpd.overlapping_subnets"},
      {"group { filename \"x\"; }", "dhcpd.empty_group"},
      {"class \"x\" { } vendor-class \"x\" { }", "dhcpd.not_followed"},
  }));
  INFO(text);
  Configuration configuration(text, "x", nullptr);
  CHECK(codes(configuration.diagnostics()) == List{code});
  CHECK_FALSE(has_errors(configuration.diagnostics()));
}

TEST_CASE("what is fine") {
  auto text =
      GENERATE(as<std::string>{}, "", "group { }", "group \"g\" { filename \"x\"; }",
               "group { filename \"x\"; host a { } }", "group { filename \"x\"; " + subnet("") + " }",
               // One machine with an address on each of two networks.
               subnet("") + "subnet 10.0.0.0 netmask 255.255.255.0 { }" + host1 +
                   "fixed-address 192.168.0.1; } host b { hardware ethernet 52:54:00:00:00:01; fixed-address "
                   "10.0.0.1; }",
               subnet(pool_range) + "host a { fixed-address 192.168.0.149, 192.168.0.200; }",
               subnet("range 192.168.0.1 192.168.0.9; range 192.168.0.10;"),
               "zone a. { primary 127.0.0.1; } key k { algorithm hmac-md5; secret MTIzNA==; };",
               "subnet 010.000.0.0 netmask 255.255.255.0 { }", "host a.b.c { } host if { } host 1e5 { }");
  INFO(text);
  CHECK(configuration_codes(text).empty());
}

TEST_CASE("the guide's dhcpd.conf reaches nobody with part 4") {
  auto conf = subnet(pool_range) +
              "group {\nfilename \"pxelinux.0\";\nserver-name \"192.168.0.2\";\n"
              "option root-path \"/NFSROOT/kerrighed\";\n}\n";
  CHECK(configuration_codes(conf) == List{"dhcpd.empty_group"});
  auto answer = ask(conf);
  CHECK(answer.offered);
  CHECK(answer.filename() == "");
  CHECK(answer.root_path() == "");
}

TEST_CASE("what a PXE client sends") {
  auto client = pxe_client(mac1, Uuid::from_string("00112233-4455-6677-8899-aabbccddeeff"));
  CHECK(client.options.at(60) == "PXEClient:Arch:00000:UNDI:002001");
  CHECK(client.options.at(93) == std::string(2, '\0'));
  CHECK(client.options.at(97).size() == 17);
  CHECK(pxe_client(mac1).options.count(97) == 0);
}

TEST_CASE("a configuration can be moved") {
  auto first = configured(subnet(pool_range));
  auto second = std::move(first);
  CHECK(second.answer(pxe_client(mac1)).offered);
}
