#include "krgboot/formats/dhcp/isc/answer.hpp"

#include <string>
#include <tuple>

#include "catch.hpp"

using namespace krgboot;
using namespace krgboot::dhcpd;

namespace {

dhcpd::Client pool_client() {
  auto result = pxe_client(MacAddress::from_string("52:54:00:00:00:01"));
  result.address = Ipv4Address::from_string("192.168.0.150");
  result.options[12] = "Name";
  return result;
}

Configuration configuration_with(const std::string& statements) {
  return Configuration(
      "option arch code 93 = unsigned integer 16; option x code 200 = string;\n"
      "subnet 192.168.0.0 netmask 255.255.255.0 { range 192.168.0.150; }\n"
      "host decl { hardware ethernet 52:54:00:00:00:01; }\n" +
          statements,
      "dhcpd.conf", nullptr);
}

Answer answer_with(const std::string& statements) {
  auto configuration = configuration_with(statements);
  INFO(to_string(configuration.diagnostics()));
  REQUIRE_FALSE(has_errors(configuration.diagnostics()));
  return configuration.answer(pool_client());
}

/// The value of the expression as text; "(none)" for null, "(?)" if it is undecidable, "(refused)" if dhcpd
/// does not accept it as an expression.
std::string value(const std::string& expression) {
  auto statement = "option x = " + expression + ";";
  if (has_errors(configuration_with(statement).diagnostics())) return "(refused)";
  auto result = answer_with(statement);
  const auto* setting = result.find("option x");
  if (!setting) return "(none)";
  return setting->exact ? setting->text : "(?)";
}

/// "yes", "no", "(?)" or "(refused)".
std::string truth(const std::string& condition) {
  auto statement = "if " + condition + " { option x \"yes\"; } else { option x \"no\"; }";
  if (has_errors(configuration_with(statement).diagnostics())) return "(refused)";
  auto result = answer_with(statement);
  return result.find("option x") ? result.text("option x") : "(?)";
}

}  // namespace

TEST_CASE("data expressions") {
  auto [expression, expected] = GENERATE(table<std::string, std::string>({
      {R"("a")", "a"},
      {"61:62", "ab"},
      {"6", "06"},  // among data a number is an octet
      {R"(concat("a", "b", 63))", "abc"},
      {R"(concat("a", null))", "(none)"},
      {R"(concat("a", option user-class))", "(none)"},
      {R"(substring("abcdef", 2, 3))", "cde"},
      {R"(substring("abcdef", 2, 99))", "cdef"},
      {R"(substring("abcdef", 6, 1))", ""},
      {R"(substring("abcdef", 1 + 1, 2 * 2))", "cdef"},
      {R"(suffix("abcdef", 2))", "ef"},
      {R"(suffix("abcdef", 9))", "abcdef"},
      {R"(lcase("AbC1"))", "abc1"},
      {R"(ucase("AbC1"))", "ABC1"},
      {R"(reverse(1, "abc"))", "cba"},
      {R"(reverse(2, "abcd"))", "cdab"},
      {R"(reverse(2, "abc"))", "(none)"},
      {R"(binary-to-ascii(10, 8, ".", leased-address))", "192.168.0.150"},
      {R"(binary-to-ascii(16, 8, ":", hardware))", "1:52:54:0:0:0:1"},
      {R"(binary-to-ascii(16, 32, "", leased-address))", "c0a80096"},
      {R"(binary-to-ascii(2, 8, "-", 05:00))", "101-0"},
      {R"(binary-to-ascii(10, 16, ".", 01:02:03))", "(none)"},
      {R"(binary-to-ascii(10, 7, ".", 01))", "(none)"},
      {R"(encode-int(258, 16))", "01:02"},
      {R"(encode-int(extract-int("ab", 16), 16))", "ab"},
      {R"(encode-int(extract-int("a", 16), 16))", "(none)"},
      {R"(encode-int(1, 24))", "(refused)"},
      {R"(pick-first-value(option user-class, option host-name, "x"))", "Name"},
      {R"(pick-first-value(null, null))", "(none)"},
      {"option dhcp.host-name", "Name"},
      {"option unknown-12", "Name"},
      {"option HOST-NAME", "Name"},
      {"host-decl-name", "decl"},
      {"hardware", "01:52:54:00:00:00:01"},
      {"null", "(none)"},
      {R"(("a"))", "a"},
      {"gethostname()", "(?)"},
      {R"(gethostbyname("ntp.example.org"))", "(?)"},
      {"packet(0, 4)", "(?)"},
      {"variable", "(?)"},
      {"mine(1, \"a\")", "(?)"},
      {"concat(gethostname(), null)", "(none)"},
      {R"(substring("a", 1))", "(refused)"},
      {R"("a" "b")", "(refused)"},
      {R"(concat("a")", "(refused)"},
      {"", "(refused)"},
      {"+", "(refused)"},
  }));
  INFO(expression);
  CHECK(value(expression) == expected);
}

TEST_CASE("conditions") {
  auto [condition, expected] = GENERATE(table<std::string, std::string>({
      {R"(option host-name = "Name")", "yes"},
      {R"(option host-name != "Name")", "no"},
      {R"(option host-name = "name")", "no"},
      {R"(option user-class = "x")", "no"},
      {R"(option user-class != "x")", "yes"},
      {"option user-class = option nis-domain", "yes"},  // null equals null, contrary to the manual
      {"option arch = 00:00", "yes"},
      {"option arch = 00:07", "no"},
      {"exists host-name", "yes"},
      {"exists user-class", "no"},
      {"exists agent.circuit-id", "no"},
      {"known", "yes"},
      {"not known", "no"},
      {"static", "no"},
      {"known and static", "no"},
      {"known or static", "yes"},
      {"static or static", "no"},
      {"not (known and static)", "yes"},
      {"not (static and known)", "no"},  // `false and x` is null, and `not null` is null
      {R"(known and option host-name = "Name" or static)", "yes"},
      {R"((option host-name = "Name"))", "yes"},
      {R"(extract-int(option arch, 16) = 0)", "yes"},
      {R"(extract-int("a", 8) = 97)", "yes"},
      {R"(substring(option vendor-class-identifier, 0, 9) = "PXEClient")", "yes"},
      {R"(option host-name ~= "N.*")", "(?)"},
      {R"(option host-name ~~ "n.*")", "(?)"},
      {"x = 1", "(refused)"},  // one letter reads as hex
      {"xyz = 1", "(?)"},
      {"gethostname() = \"a\" or known", "yes"},
      {"known or gethostname() = \"a\"", "yes"},
      {"static and gethostname() = \"a\"", "no"},
      {"gethostname() = \"a\" and static", "(?)"},
      {"check \"c\"", "(refused)"},
      {"known !", "(refused)"},
  }));
  INFO(condition);
  CHECK(truth(condition) == expected);
}

TEST_CASE("a condition that cannot be decided is said, with its place") {
  auto result = answer_with("if gethostname() = \"a\" { filename \"x\"; }");
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].code == "dhcpd.undecided");
  CHECK(result.diagnostics[0].where.to_string() == "dhcpd.conf:4:1");
}

TEST_CASE("elsif and else") {
  auto chain = [](const std::string& a, const std::string& b, const char* word) {
    return answer_with("if " + a + " { option x \"1\"; } " + word + " " + b +
                       " { option x \"2\"; } else { option x \"3\"; }")
        .text("option x");
  };
  auto word = GENERATE(as<const char*>{}, "elsif", "else if", "ELSIF");
  CHECK(chain("known", "known", word) == "1");
  CHECK(chain("static", "known", word) == "2");
  CHECK(chain("static", "static", word) == "3");
}

TEST_CASE("conditions nest") {
  CHECK(answer_with(
            "if known { if static { option x \"1\"; } else { option x \"2\"; } } else { option x \"3\"; }")
            .text("option x") == "2");
  CHECK(answer_with("if static { if known { option x \"1\"; } } else { option x \"3\"; }").text("option x") ==
        "3");
}

TEST_CASE("config-option is what the answer has") {
  CHECK(answer_with("option nis-domain \"b\"; option x = concat(\"a\", config-option nis-domain);")
            .text("option x") == "ab");
  CHECK(answer_with("option x = config-option nis-domain;").find("option x") == nullptr);
  auto endless = answer_with("option x = config-option x;");
  REQUIRE(endless.find("option x"));
  CHECK_FALSE(endless.find("option x")->exact);
  CHECK(answer_with("option nis-domain \"b\"; append nis-domain \"c\"; "
                    "if config-option nis-domain = \"bc\" { option x \"1\"; }")
            .text("option x") == "1");
}

TEST_CASE("leased-address is null while classes are matched") {
  Configuration configuration(
      "class \"c\" { match if leased-address = null; filename \"class\"; }\n"
      "subnet 192.168.0.0 netmask 255.255.255.0 { range 192.168.0.150; }\n",
      "dhcpd.conf", nullptr);
  CHECK(configuration.answer(pool_client()).filename() == "class");
}

TEST_CASE("statements that are not followed are said") {
  auto statement = GENERATE(as<std::string>{}, "switch (option host-name) { case \"a\": filename \"x\"; }",
                            "class \"c\" { } add \"c\";");
  auto result = answer_with(statement);
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].code == "dhcpd.not_followed");
}

TEST_CASE("statements without effect on the answer are passed over") {
  auto result = answer_with(
      "set x = 1; unset x; log(info, \"x\"); execute(\"x\"); on commit { filename \"x\"; } "
      "define f (a) { return \"x\"; } eval \"x\";");
  CHECK(result.diagnostics.empty());
  CHECK(result.filename() == "");
}

TEST_CASE("expressions are bounded") {
  std::string deep(100000, '(');
  CHECK(truth(deep + "known" + std::string(100000, ')')) == "(?)");
  std::string chain = "known";
  for (int i = 0; i < 1000; ++i) chain += " and known";
  CHECK(truth(chain) == "yes");
  std::string tight = "1:2 = 1:2";
  for (int i = 0; i < 300; ++i) tight += " and 1:2 = 1:2";
  CHECK(truth(tight) == "(?)");
}
