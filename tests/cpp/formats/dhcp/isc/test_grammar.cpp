// What krgboot reports about a dhcpd.conf that dhcpd refuses or reads differently than intended.
// tests/python/test_dhcpd_grammar.py compares this with dhcpd itself.
#include "krgboot/formats/dhcp/isc/answer.hpp"

#include <string>
#include <tuple>
#include <vector>

#include "catch.hpp"

using namespace krgboot;
using namespace krgboot::dhcpd;

namespace {

/// "1:5 dhcpd.bad_value the message" of each finding, without its hint.
std::vector<std::string> grammar_findings(const std::string& text) {
  std::vector<std::string> list;
  auto configuration = Configuration(text, "dhcpd.conf", nullptr);
  for (const auto& each : configuration.diagnostics()) {
    const auto& at = each.where.position;
    list.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + " " + each.code + " " +
                   each.message);
  }
  return list;
}
using List = std::vector<std::string>;

std::string in_subnet(const std::string& body) {
  return "subnet 10.0.0.0 netmask 255.255.255.0 { " + body + " }\n";
}

}  // namespace

TEST_CASE("what is said of a statement") {
  auto [text, said] = GENERATE(table<std::string, std::string>({
      {"filename x y;", "1:11 dhcpd.missing_semicolon a ';' is missing between \"filename x\" and \"y\""},
      {"max-lease-time soon;",
       "1:16 dhcpd.bad_value expected a number of seconds for max-lease-time, found \"soon\""},
      {"option code;", "1:8 dhcpd.unknown_option dhcpd knows no option \"code\""},
      {". x;", "1:1 dhcpd.unknown_statement a statement cannot begin like this"},
      {"range6 1 2;", "1:1 dhcpd.misplaced range6 is for DHCPv6 only (dhcpd -6)"},
      {"1:2;", "1:1 dhcpd.unknown_statement a statement cannot begin like this"},
      {"foo = 1:2;",
       "1:1 dhcpd.no_effect \"foo\" is not a statement: dhcpd reads it as an expression, which has no "
       "effect"},
      {in_subnet("pool { range 10.0.0.9; no failover peer; }"),
       "1:80 dhcpd.bad_statement dhcpd 4.4 refuses \"no failover peer;\", although dhcpd.conf(5) describes "
       "it"},
      {"if known { key k { algorithm hmac-md5; secret MTIzNA==; } filename \"x\"; }",
       "1:12 dhcpd.misplaced key and zone may not stand inside if, on, switch or a function"},
      {"else { }", "1:1 dhcpd.bad_statement else without an if before it"},
      {"vendor-class \"x\" { }", "1:14 dhcpd.unknown_class class \"x\" is not declared above"},
      {"subclass \"x\" 1:2;", "1:10 dhcpd.unknown_class class \"x\" is not declared above"},
      {"zone a. { primary 127.0.0.1; key k; }", "1:34 dhcpd.unknown_key key \"k\" is not declared above"},
      {"host h { group g; }", "1:10 dhcpd.unknown_group group \"g\" is not declared above"},
      {"shared-network s { failover peer p; " + in_subnet("") + " }",
       "1:34 dhcpd.unknown_peer failover peer \"p\" is not declared above"},
      {"shared-network s { failover peer \"p\" { secondary; peer address 10.0.0.1; hba 1:2; } " +
           in_subnet("") + " }",
       "1:81 dhcpd.bad_value hba must have 32 octets"},
      {"option x code 200 = array of zerolen;", "1:37 dhcpd.bad_definition there are no arrays of zerolen"},
      {"if \"x\" { }", "1:7 dhcpd.bad_expression a condition is expected here"},
      {"option host-name = known;", "1:25 dhcpd.bad_expression data is expected here"},
      {"option host-name = encode-int(\"a\", 8);", "1:34 dhcpd.bad_expression a number is expected here"},
      {"host h { hardware ethernet; }",
       "1:10 dhcpd.odd_hardware dhcpd accepts \"hardware ethernet\", but no machine can match it"},
      {"host h { uid 1:2; uid 1:3; }", "1:19 dhcpd.bad_statement the host has a second uid"},
      {"host h { hardware ethernet 2:0:0:0:0:1; hardware ethernet 2:0:0:0:0:2; }",
       "1:41 dhcpd.bad_statement the host has a second hardware address"},
      {in_subnet("pool { range 10.0.0.9; allow after never; deny after never; }"),
       "1:83 dhcpd.bad_statement the pool has a second \"after\""},
      {"key k { algorithm a; algorithm b; secret MTIzNA==; }",
       "1:32 dhcpd.bad_statement the key has a second algorithm"},
  }));
  CHECK(grammar_findings(text) == List{said});
}

TEST_CASE("what dhcpd's documents write in capitals is known, however it is written") {
  CHECK(grammar_findings("option agent.DOCSIS-device-class 1; option agent.docsis-device-class 1;").empty());
}

TEST_CASE("no message shows a secret") {
  auto text =
      GENERATE(as<std::string>{}, "key k { algorithm hmac-md5; SECRET Zm9vYmFy * x; }",
               "key k { algorithm hmac-md5; secret Zm9vYmFy * x; }",
               "key k { algorithm hmac-md5; Secret MTIz \"Zm9vYmFy!\"; }",
               "key k { algorithm hmac-md5; secret; Zm9vYmFy; }",
               "key k { algorithm hmac-md5; secret algorithm !Zm9vYmFy; }",
               "key k { algorithm hmac-md5 Zm9vYmFy; }", "key k { Zm9vYmFy algorithm hmac-md5; }",
               "key k { algorithm hmac-md5; SeCrEt Zm9vYmFy { }", "key k { algorithm hmac-md5; Zm9vYmFy }",
               "key k { algorithm hmac-md5; Zm9vYmFy { }", "KEY k { Zm9vYmFy", "secret Zm9vYmFy;",
               "host h { secret Zm9vYmFy { }", "if known { SECRET Zm9vYmFy; }");
  auto found = grammar_findings(text);
  INFO(text);
  CHECK_FALSE(found.empty());
  for (const auto& each : found) CHECK(each.find("Zm9v") == std::string::npos);
}

TEST_CASE("a message quotes some tens of bytes") {
  std::string word(1400, 'a');
  auto text = GENERATE_COPY(
      as<std::string>{}, "filename \"" + word + "\" \"" + word + "\";",
      "host h { filename \"x\" " + word + "; }", word + ";", word + " { ", "option " + word + " 1;",
      "option " + word + ".x 1;", "option host-name known(" + word + ");",
      "class \"" + word + "\" { } class \"" + word + "\" { match if known; match if known; }",
      "vendor-class \"" + word + "\" { }", in_subnet("allow members of " + word + ";"),
      "host h { hardware " + word + "; }", "default-lease-time " + word + ";");
  auto configuration = Configuration(text, "dhcpd.conf", nullptr);
  CHECK_FALSE(configuration.diagnostics().empty());
  constexpr std::size_t most = 250;
  for (const auto& each : configuration.diagnostics()) CHECK(each.to_string().size() < most);
}

TEST_CASE("a second ';' is the end of a parameter without a value, whose first one dhcpd takes for that") {
  auto dead = [](const std::string& place, const std::string& what) {
    return List{place + " dhcpd.stray_semicolon a ';' that ends no statement",
                place + " dhcpd.deadly dhcpd takes the first ';' for the value of " + what +
                    ", and dies as soon as it carries the statement out"};
  };
  CHECK(grammar_findings("filename ;;") == dead("1:11", "filename"));
  CHECK(grammar_findings("option routers;\n;") == dead("2:1", "option routers"));
  CHECK(grammar_findings("switch (option host-name) { default: filename ;; }") == dead("1:48", "filename"));
  CHECK(grammar_findings(in_subnet("default-lease-time ;;")) == dead("1:61", "default-lease-time"));
  // Elsewhere it does not end a statement.
  auto stray = GENERATE(as<std::string>{}, "filename \"x\";;", "authoritative;;", "group { };", ";",
                        "option space x;;", "zone a. { primary 127.0.0.1;; }", "filename \"x\";;;");
  for (const auto& each : grammar_findings(stray))
    CHECK(each.find("dhcpd.stray_semicolon") != std::string::npos);
  CHECK_FALSE(grammar_findings(stray).empty());
  CHECK(grammar_findings("filename ;;;").size() == 3);
}

TEST_CASE("what dhcpd reads otherwise than meant, without a word") {
  auto text = GENERATE(as<std::string>{}, "log(., \"x\");", "on commit { log(info, , \"x\"); }",
                       "key k { algorithm hmac-md5; secret \"\"; }",
                       "key k { algorithm hmac-md5; secret A; }", in_subnet("interface .;"));
  auto found = grammar_findings(text);
  INFO(text);
  REQUIRE(found.size() == 1);
  CHECK(found.front().find("dhcpd.misread") != std::string::npos);
}

TEST_CASE("slips that dhcpd takes") {
  auto text = GENERATE(
      as<std::string>{}, "define f (one, ) { return one; }", "define f () { return \"x\"; }",
      "key k { algorithm hmac-md5; secret 5 \"MTIzNA==\"; }", "key k { algorithm hmac-md5; secret QUFBA; }",
      "failover peer p { primary; peer peer address 10.0.0.3; mclt 1; split 0128; }"
      "shared-network s { failover peer p; " +
          in_subnet("") + " }",
      in_subnet("interface 5;"), "key k. { algorithm hmac-md5; secret MTIzNA==; } omapi-key k.;");
  CHECK(grammar_findings(text) == List{});
}

TEST_CASE("a name with a final dot is another one") {
  auto key = std::string("key k { algorithm hmac-md5; secret MTIzNA==; }\n");
  CHECK(grammar_findings(key + "omapi-key k.;") == List{"2:1 dhcpd.unknown_key no key \"k.\" is defined"});
  CHECK(grammar_findings(key + "zone a. { primary 127.0.0.1; key k.; }") ==
        List{"2:35 dhcpd.unknown_key key \"k.\" is not declared above"});
}

TEST_CASE("two subnets that are the same are told, within a wider one, too") {
  auto wide = std::string("subnet 10.0.0.0 netmask 255.0.0.0 { }\n");
  CHECK(
      grammar_findings(wide + in_subnet("") + in_subnet("")) ==
      List{
          "2:1 dhcpd.overlapping_subnets 10.0.0.0/24 lies within 10.0.0.0/8, declared at dhcpd.conf:1:1",
          "3:1 dhcpd.subnet_twice 10.0.0.0/24 is declared twice, first at dhcpd.conf:2:1: dhcpd answers from "
          "the last one"});
}
