#include "krgboot/base/error.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <string>
#include <tuple>
#include <vector>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::dhcpd;

namespace {

constexpr auto empty_subnet = "subnet 192.168.0.0 netmask 255.255.255.0 { }\n";

/// Code and position of each finding: "dhcpd.stray_brace 1:1".
std::vector<std::string> syntax_findings(const std::string& text) {
  std::vector<std::string> list;
  for (const auto& d : dhcpd::parse(text).diagnostics) {
    list.push_back(d.code + " " + std::to_string(d.where.position.line) + ":" +
                   std::to_string(d.where.position.column));
  }
  return list;
}

using List = std::vector<std::string>;

/// The heads of one level; each block is followed by its inner statements in brackets.
std::string outline(const Tree& tree, const std::vector<std::uint32_t>& statements) {
  std::string text;
  for (auto i : statements) {
    if (!text.empty()) text += " | ";
    text += tree.head_text(i);
    if (tree.statements()[i].block) text += " [" + outline(tree, tree.children(i)) + "]";
  }
  return text;
}

std::string outline(const std::string& text) {
  auto parsing = dhcpd::parse(text);
  CHECK(to_string(parsing.diagnostics) == "");
  return outline(parsing.tree, parsing.tree.top_level());
}

std::string string_value(const std::string& literal) {
  auto parsing = dhcpd::parse("option x " + literal + ";");
  REQUIRE(parsing.tree.tokens().size() == 3);
  return parsing.tree.value(parsing.tree.tokens()[2]);
}

}  // namespace

TEST_CASE("statements and declarations become a tree") {
  CHECK(outline("") == "");
  CHECK(outline("# only a comment") == "");
  CHECK(outline("authoritative;") == "authoritative");
  CHECK(outline("group{host a{fixed-address 10.0.0.1;}host b{}}allow bootp;") ==
        "group [host a [fixed-address 10.0.0.1] | host b []] | allow bootp");
  CHECK(
      outline("if option x = 00:07 { filename \"a\"; } elsif known { } else { on commit { set y = 1; } }") ==
      "if option x = 00:07 [filename \"a\"] | elsif known [] | else [on commit [set y = 1]]");
  CHECK(outline("option x # a comment ; { \"\n\t code\r\n 12=text;") == "option x code 12=text");
}

TEST_CASE("statements that nobody here knows are kept") {
  CHECK(outline("frobnicate 7 \"x\" { mumble; } later;") == "frobnicate 7 \"x\" [mumble] | later");
}

TEST_CASE("braces of an option's definition are no block") {
  CHECK(outline("option a code 201 = array of { ip-address, integer 8 }; option b code 202 = { text, { text "
                "} };") ==
        "option a code 201 = array of { ip-address, integer 8 } | option b code 202 = { text, { text } }");
}

TEST_CASE("a key may be followed by a semicolon, as in BIND; nothing else may") {
  CHECK(syntax_findings("key a { algorithm hmac-md5; secret pRP5FapFoJ95JEL06sv4PQ==; };").empty());
  CHECK(syntax_findings(std::string(empty_subnet) + ";") == List{"dhcpd.stray_semicolon 2:1"});
  CHECK(syntax_findings("key a { };;") == List{"dhcpd.stray_semicolon 1:11"});
  CHECK(syntax_findings("zone a. { };") == List{"dhcpd.stray_semicolon 1:12"});
}

TEST_CASE("tokens know their bytes") {
  auto tree = dhcpd::parse("host  ssi-1_x { # c\n  hardware ethernet 0:1; }\n").tree;
  REQUIRE(tree.statements().size() == 2);
  const auto& host = tree.statements()[0];
  CHECK(host.block);
  CHECK(tree.text().substr(host.begin, host.end - host.begin) ==
        "host  ssi-1_x { # c\n  hardware ethernet 0:1; }");
  const auto& hardware = tree.statements()[1];
  CHECK_FALSE(hardware.block);
  CHECK(tree.text().substr(hardware.begin, hardware.end - hardware.begin) == "hardware ethernet 0:1;");
  CHECK(tree.where(1).position == Position{2, 3});
  CHECK(tree.raw(tree.head(0)[1]) == "ssi-1_x");
  CHECK(tree.is(0, 0, "host"));
  CHECK_FALSE(tree.is(0, 1, "host"));
  CHECK_FALSE(tree.is(0, 2, "host"));
  CHECK(tree.head(1)[2].kind == TokenKind::word);
  CHECK(tree.head(1)[3].kind == TokenKind::symbol);
}

TEST_CASE("keywords know no case, strings are no keywords") {
  auto tree = dhcpd::parse("INCLUDE \"x\"; \"include\" \"x\";").tree;
  CHECK(tree.is(0, 0, "include"));
  CHECK_FALSE(tree.is(1, 0, "include"));
}

TEST_CASE("strings are decoded as dhcpd does") {
  auto [literal, value] = GENERATE(table<std::string, std::string>({
      {R"("plain # { } ;")", "plain # { } ;"},
      {R"("\t\r\n\b")", "\t\r\n\b"},
      {R"("\x41\xfF\x0a")", "A\xff\n"},
      {R"("\101\0601\377")", "A01\xff"},
      {R"("\"\\\q\4\9")", "\"\\q49"},
      {"\"over\ntwo lines\"", "over\ntwo lines"},
      {"\"\"", ""},
  }));
  CHECK(string_value(literal) == value);
  CHECK(syntax_findings("option x " + literal + ";").empty());
}

TEST_CASE("a word is itself, with or without a string's decoding") {
  auto tree = dhcpd::parse("a-b_c 0x1f -1;").tree;
  CHECK(tree.head(0).size() == 3);
  CHECK(tree.value(tree.head(0)[1]) == "0x1f");
}

TEST_CASE("what dhcpd refuses is found where it is") {
  auto [text, expected] = GENERATE(table<std::string, List>({
      {"group { host a {\n}", {"dhcpd.unclosed_brace 1:7"}},
      {"a {\n b {\n  c {\n",
       {"dhcpd.unclosed_brace 1:3", "dhcpd.unclosed_brace 2:4", "dhcpd.unclosed_brace 3:5"}},
      {"group { } }", {"dhcpd.stray_brace 1:11"}},
      {"} authoritative;", {"dhcpd.stray_brace 1:1"}},
      {"{ a; }", {"dhcpd.nameless_block 1:1"}},
      {"option x \"y\"", {"dhcpd.missing_semicolon 1:13"}},
      {"group { option x \"y\" }", {"dhcpd.missing_semicolon 1:21"}},
      {"option x \"y;", {"dhcpd.unterminated_string 1:10", "dhcpd.missing_semicolon 1:13"}},
      {"option x \"\\x4\";", {"dhcpd.bad_escape 1:11"}},
      {"option x \"\\18\";", {"dhcpd.bad_escape 1:11"}},
      {"option x = { text ;", {"dhcpd.missing_semicolon 1:20"}},
  }));
  CHECK(syntax_findings(text) == expected);
  CHECK(has_errors(dhcpd::parse(text).diagnostics));
}

TEST_CASE("a cut-off \\0 is only a warning, because dhcpd takes it") {
  auto parsing = dhcpd::parse(R"(option x "a\09\z";)");
  REQUIRE(parsing.diagnostics.size() == 1);
  CHECK(parsing.diagnostics[0].severity == Severity::warning);
  // The 9 is dropped, and the escape applies to the backslash.
  CHECK(parsing.tree.value(parsing.tree.tokens()[2]) == "a\\z");
}

TEST_CASE("the byte 0xff ends the file for dhcpd") {
  CHECK(syntax_findings("a;\n\xff b;").front() == "dhcpd.end_of_file_byte 2:1");
  CHECK(syntax_findings("# caf\xe9 \xff group\na;") == List{"dhcpd.end_of_file_byte 1:8"});
  CHECK(syntax_findings("option x \"\xff\";") == List{"dhcpd.end_of_file_byte 1:11"});
  CHECK(syntax_findings("# caf\xc3\xa9 \xfe\noption x \"caf\xc3\xa9\";").empty());
}

TEST_CASE("dhcpd's buffers bound tokens and blanks") {
  auto [length, fits] =
      GENERATE(table<std::size_t, bool>({{longest_token, true}, {longest_token + 1, false}}));
  std::string filled(length, 'a');
  CHECK(syntax_findings("option " + filled + ";").empty() == fits);
  CHECK(syntax_findings("option \"" + filled + "\";").empty() == fits);
  CHECK(syntax_findings("option" + std::string(length, ' ') + "x;").empty() == fits);
  CHECK(syntax_findings("option x;" + std::string(length, '\n') + "#" + std::string(2 * length, ' ') + "\n")
            .empty() == fits);
  // Each of these escapes is one byte of the string.
  std::string escaped;
  for (std::size_t i = 0; i < length; ++i) escaped += "\\x41";
  CHECK(syntax_findings("option \"" + escaped + "\";").empty() == fits);
}

TEST_CASE("nesting is bounded") {
  auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "group{";
    return text + std::string(depth, '}');
  };
  CHECK(syntax_findings(nested(deepest_block)).empty());
  CHECK(syntax_findings(nested(deepest_block + 1)) == List{"dhcpd.too_deep 1:1206"});
  CHECK(syntax_findings(nested(1000000)) == List{"dhcpd.too_deep 1:1206"});
  // The same for blocks without a name: the last one begins no statement.
  auto parsing = dhcpd::parse(std::string(deepest_block + 1, '{'));
  CHECK(parsing.tree.statements().size() == deepest_block);
}

TEST_CASE("a damaged text still gives what can be read") {
  auto parsing = dhcpd::parse("a; } b { c");
  CHECK(outline(parsing.tree, parsing.tree.top_level()) == "a | b [c]");
  CHECK(dhcpd::parse(std::string("a\0b;", 4)).tree.statements().size() == 1);
}

TEST_CASE("the guide's dhcpd.conf, as it is printed and with its host put to use") {
  std::string guide = R"(subnet 192.168.0.0 netmask 255.255.255.0 {
option routers 192.168.0.1;
range <range start> <range end>;
send host-name = concat("krgnode", binary-to-ascii(10, 8, ".", substring(leased-address, 3, 1)));
# host ssi1 { fixed-address 192.168.0.101; hardware ethernet xx:xx:xx:xx:xx:xx;
}
### PART 4
group {
filename "pxelinux.0";
}
)";
  CHECK(syntax_findings(guide).empty());
  guide.replace(guide.find("# host"), 6, "host");
  CHECK(syntax_findings(guide) == List{"dhcpd.unclosed_brace 1:42"});
}

TEST_CASE("quoted text comes back") {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  auto text = GENERATE_COPY(std::string(), std::string("pxelinux.0"), std::string("a\"b\\c{d};#\n"), all,
                            std::string("\xff"), std::string(longest_token, '\xe9'));
  auto literal = quote(text);
  CHECK(literal.find_first_not_of(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                                  "abcdefghijklmnopqrstuvwxyz{|}~") == std::string::npos);
  CHECK(string_value(literal) == text);
  CHECK(syntax_findings("option x " + literal + ";").empty());
}

TEST_CASE("what no string can hold is refused") {
  CHECK(error_of([] { return quote(std::string(longest_token + 1, 'a')); }).code == "dhcpd.string_too_long");
  CHECK(error_of([] { return quote(std::string("a\0b", 3)); }).code == "dhcpd.string_nul");
}
