#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <string>
#include <tuple>
#include <vector>

#include "catch.hpp"
#include "styles.hpp"

using namespace krgboot;
using namespace krgboot::tftpd_hpa;
using krgboot::test::lenny;
using krgboot::test::today;

namespace {

using List = std::vector<std::string>;

constexpr auto debian12 =
    "# /etc/default/tftpd-hpa\n"
    "\n"
    "TFTP_USERNAME=\"tftp\"\n"
    "TFTP_DIRECTORY=\"/srv/tftp\"\n"
    "TFTP_ADDRESS=\":69\"\n"
    "TFTP_OPTIONS=\"--secure\"\n";

/// Code and place of each finding.
List defaults_findings(const std::string& text, TftpdDefaultsStyle style = today) {
  List list;
  for (const auto& d : tftpd_hpa::parse(text, style).diagnostics) {
    list.push_back(d.code.substr(d.code.find('.') + 1) + " " + std::to_string(d.where.position.line) + ":" +
                   std::to_string(d.where.position.column));
  }
  return list;
}

Settings settings(const std::string& text, TftpdDefaultsStyle style = today) {
  return tftpd_hpa::parse(text, style).settings;
}

/// The username that results from a value, or "(not counted)".
std::string username_from(const std::string& value) {
  auto parsing = tftpd_hpa::parse("TFTP_USERNAME=" + value + "\n", today);
  return parsing.diagnostics.empty() ? parsing.settings.username : "(not counted)";
}

}  // namespace

TEST_CASE("Debian's file of today") {
  auto parsing = tftpd_hpa::parse(debian12, today, "/etc/default/tftpd-hpa");
  CHECK(to_string(parsing.diagnostics) == "");
  CHECK(parsing.settings == Settings{std::nullopt, {"/srv/tftp"}, ":69", "tftp", {}, true});
}

TEST_CASE("lenny's file") {
  auto text = "#Defaults for tftpd-hpa\nRUN_DAEMON=\"no\"\nOPTIONS=\"-l -s /var/lib/tftpboot\"\n";
  CHECK(defaults_findings(text, lenny).empty());
  CHECK(settings(text, lenny) == Settings{false, {"/var/lib/tftpboot"}, "", "", {"-l"}, true});
  CHECK(settings("RUN_DAEMON=yes\n", lenny).run_daemon == true);
  CHECK(settings("", lenny) == Settings{});
}

TEST_CASE("the guide's file assigns nothing") {
  auto text = "# Default for tftpd-hpa\nRUN_DAEMON = \"yes\"\nOPTIONS = '-l -s /srv/tftp'\n";
  CHECK(settings(text, lenny) == Settings{});
  CHECK(defaults_findings(text, lenny) == List{"not_an_assignment 2:1", "not_an_assignment 3:1"});
  // systemd would read these, sh would not: they do not count.
  CHECK(settings("TFTP_USERNAME = tftp\n").username == "");
  CHECK(defaults_findings("TFTP_USERNAME = tftp\n") == List{"not_an_assignment 1:1", "readers_differ 1:1"});
}

TEST_CASE("values that both readers take alike") {
  auto [value, expected] = GENERATE(table<std::string, std::string>({
      {"tftp", "tftp"},
      {"\"tftp\"", "tftp"},
      {"'tftp'", "tftp"},
      {"\"two words\"", "two words"},
      {"'$x`y\\z'", "$x`y\\z"},
      {"\"a\\\"b\\\\c\\$d\\`e\"", "a\"b\\c$d`e"},
      {"\"a\\qb\"", "a\\qb"},
      {"\"a\"'b'\"c\"", "abc"},
      {"a\\ b", "a b"},
      {"a\\\nb", "ab"},
      {"\"a\\\nb\"", "ab"},
      {"", ""},
      {"\"\"", ""},
      {"  ", ""},
      {"a#b", "a#b"},
      {"\"a\"   ", "a"},
  }));
  INFO(value);
  CHECK(username_from(value) == expected);
}

TEST_CASE("values that they take differently, or that only a shell knows, do not count") {
  auto [value, code] = GENERATE(table<std::string, List>({
      {"tftp # comment", {"readers_differ 1:1"}},
      {"\"tftp\" # comment", {"readers_differ 1:1"}},
      {"tftp; X=1", {"readers_differ 1:1"}},
      {"two words", {"command 1:1", "readers_differ 1:1"}},
      {"\"a\" \"b\"", {"command 1:1", "readers_differ 1:1"}},
      {" tftp", {"not_an_assignment 1:1", "readers_differ 1:1"}},
      {"a\"b\"", {"readers_differ 1:1"}},
      {"tftp\r", {"readers_differ 1:1"}},
      {"$USER", {"expansion 1:1"}},
      {"\"${USER}\"", {"expansion 1:1"}},
      {"`id -un`", {"expansion 1:1"}},
      {"$(id -un) ", {"expansion 1:1"}},
      {"\"${A:-b c}\"", {"expansion 1:1"}},
      {"$(id", {"syntax 1:15"}},
      {"tftp;;", {"syntax 1:20"}},
      {"`id", {"syntax 1:15"}},
      {"~tftp", {"expansion 1:1"}},
      {"\"tftp", {"syntax 1:15"}},
      {"'tftp", {"syntax 1:15"}},
  }));
  INFO(value);
  auto parsing = tftpd_hpa::parse("TFTP_USERNAME=" + value + "\n", today);
  CHECK(parsing.settings.username == "");
  CHECK(defaults_findings("TFTP_USERNAME=" + value + "\n") == code);
}

TEST_CASE("the last assignment counts") {
  CHECK(settings("TFTP_USERNAME=a\nTFTP_USERNAME=b\n").username == "b");
  CHECK(settings("TFTP_USERNAME=b # odd\nTFTP_USERNAME=c\n").username == "c");
  // The earlier value does not matter, but sh would still run this line.
  CHECK(settings("TFTP_USERNAME=a b\nTFTP_USERNAME=c\n").username == "c");
}

TEST_CASE("comments and other lines are passed over") {
  CHECK(
      defaults_findings("  # comment with \"quote and 'one\n\n\t\nOTHER=1\n_x1=2\nTFTP_USERNAME=a").empty());
  CHECK(settings("OTHER=1\nTFTP_USERNAME=a").username == "a");
  CHECK(settings("XTFTP_USERNAME=a\nTFTP_USERNAME2=b\n").username == "");
}

TEST_CASE("what sh would do besides assigning is said") {
  auto [text, code] = GENERATE(table<std::string, std::string>({
      {"echo hello\n", "command 1:1"},
      {"\n  RUN\n", "command 2:3"},
      {"A=1 program\n", "command 1:1"},
      {"A=1 | cat\n", "command 1:1"},
      {"if true; then A=1; fi\n", "script 1:1"},
      {". /etc/default/more\n", "script 1:1"},
      {"[ -f /x ] && A=1\n", "script 1:1"},
      {"unset A\n", "script 1:1"},
      {"RUN_DAEMON=\"yes\"\n", "obsolete 1:1"},
      {"A =1\n", "not_an_assignment 1:1"},
      {"A= 1\n", "not_an_assignment 1:1"},
  }));
  INFO(text);
  auto found = defaults_findings(text);
  REQUIRE_FALSE(found.empty());
  CHECK(found.front() == code);
}

TEST_CASE("export is an assignment to sh, and nothing to systemd") {
  CHECK(defaults_findings("export TFTP_USERNAME=a\n") == List{"readers_differ 1:8"});
  CHECK(settings("export OPTIONS=/x\n", lenny).directories == List{"/x"});
  CHECK(defaults_findings("export OPTIONS=/x\n", lenny).empty());
}

TEST_CASE("a comment that ends in a backslash may go on, for systemd") {
  CHECK(defaults_findings("# x \\\nTFTP_USERNAME=a\n") == List{"readers_differ 2:1"});
  CHECK(defaults_findings("# x \\y\nTFTP_USERNAME=a\n").empty());
}

TEST_CASE("lenny has no systemd") {
  CHECK(settings("RUN_DAEMON=yes # start it\nOPTIONS='-l -s /srv/tftp' # here\n", lenny) ==
        Settings{true, {"/srv/tftp"}, "", "", {"-l"}, true});
  CHECK(defaults_findings("RUN_DAEMON=yes # start it\n", lenny).empty());
  CHECK(defaults_findings("TFTP_DIRECTORY=/x\n", lenny) == List{"obsolete 1:1"});
}

TEST_CASE("options as in.tftpd reads them") {
  auto [options, expected] = GENERATE(table<std::string, Settings>({
      {"", {std::nullopt, {}, "", "", {}, false}},
      {"--secure", {std::nullopt, {}, "", "", {}, true}},
      {"-s", {std::nullopt, {}, "", "", {}, true}},
      {"--sec", {std::nullopt, {}, "", "", {}, true}},
      {"-vls", {std::nullopt, {}, "", "", {"-v", "-l"}, true}},
      {"--ver", {std::nullopt, {}, "", "", {"--ver"}, false}},  // ambiguous: three options begin so
      {"-a :70 -u nobody /x", {std::nullopt, {"/x"}, ":70", "nobody", {}, false}},
      {"-a:70 --user=nobody", {std::nullopt, {}, ":70", "nobody", {}, false}},
      {"--address :70", {std::nullopt, {}, ":70", "", {}, false}},
      {"-B 1468 -m /etc/map --blocksize=512",
       {std::nullopt, {}, "", "", {"-B", "1468", "-m", "/etc/map", "--blocksize", "512"}, false}},
      {"-us", {std::nullopt, {}, "", "s", {}, false}},
      {"-u -s", {std::nullopt, {}, "", "-s", {}, false}},
      {"-- -s /x", {std::nullopt, {"-s", "/x"}, "", "", {}, false}},
      {"/a -v /b", {std::nullopt, {"/a", "/b"}, "", "", {"-v"}, false}},
      {"--nonsense -Z", {std::nullopt, {}, "", "", {"--nonsense", "-Z"}, false}},
      {"-u", {std::nullopt, {}, "", "", {}, false}},
  }));
  INFO(options);
  CHECK(settings("TFTP_OPTIONS=\"" + options + "\"\n") == expected);
}

TEST_CASE("options outrank the variables") {
  auto both = settings("TFTP_ADDRESS=:69\nTFTP_USERNAME=tftp\nTFTP_OPTIONS=\"-a :70 -u me\"\n");
  CHECK(both.address == ":70");
  CHECK(both.username == "me");
}

TEST_CASE("the option --secure takes one directory") {
  CHECK(defaults_findings("TFTP_DIRECTORY=\"/a /b\"\nTFTP_OPTIONS=--secure\n") == List{"directories 1:1"});
  CHECK(settings("TFTP_DIRECTORY=\"/a /b\"\n").directories == List{"/a", "/b"});
  CHECK(defaults_findings("TFTP_DIRECTORY=\"/a /b\"\n").empty());
  CHECK(defaults_findings("TFTP_OPTIONS=--secure\n") == List{"directories 1:1"});
  CHECK(settings("TFTP_DIRECTORY=/b\nTFTP_OPTIONS=\"-s /a\"\n").directories == List{"/a", "/b"});
}

TEST_CASE("findings name the file and come in its order") {
  auto parsing = tftpd_hpa::parse("TFTP_USERNAME=$x\nA = b\n", today, "/etc/default/tftpd-hpa");
  REQUIRE(parsing.diagnostics.size() == 2);
  CHECK(parsing.diagnostics[0].where.to_string() == "/etc/default/tftpd-hpa:1:1");
  CHECK(parsing.diagnostics[1].where.to_string() == "/etc/default/tftpd-hpa:2:1");
  CHECK(has_errors(parsing.diagnostics));
}
