#include "krgboot/base/error.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <string>
#include <tuple>
#include <vector>

#include "catch.hpp"
#include "error_of.hpp"
#include "styles.hpp"

using namespace krgboot;
using namespace krgboot::tftpd_hpa;
using krgboot::test::lenny;
using krgboot::test::today;

namespace {

using Lines = std::vector<std::tuple<std::string, std::string>>;

/// Sets the root and checks the properties of every result.
std::string after(const std::string& text, TftpdDefaultsStyle style, const std::string& root = "/srv/tftp") {
  auto result = tftpd_hpa::set(text, style, root);
  CHECK(tftpd_hpa::set(result, style, root) == result);
  auto settings = tftpd_hpa::parse(result, style).settings;
  CHECK(settings.directories == std::vector{root});
  CHECK(settings.secure);
  if (style == lenny) CHECK(settings.run_daemon == true);
  return result;
}

}  // namespace

TEST_CASE("a missing file gets all that the daemon needs") {
  CHECK(after("", today) ==
        "TFTP_USERNAME=\"tftp\"\nTFTP_DIRECTORY=\"/srv/"
        "tftp\"\nTFTP_ADDRESS=\":69\"\nTFTP_OPTIONS=\"--secure\"\n");
  CHECK(after("", lenny) == "RUN_DAEMON=\"yes\"\nOPTIONS=\"-l -s /srv/tftp\"\n");
}

TEST_CASE("a file that says it already stays to the byte") {
  auto text = GENERATE(
      as<std::string>{},
      "# "
      "x\n\nTFTP_USERNAME=\"tftp\"\nTFTP_DIRECTORY=\"/srv/"
      "tftp\"\nTFTP_ADDRESS=\":69\"\nTFTP_OPTIONS=\"--secure\"\n",
      "TFTP_OPTIONS='-v  -s'\nTFTP_DIRECTORY=/srv/tftp\nTFTP_ADDRESS=:70\nTFTP_USERNAME=me\nOTHER=1",
      "TFTP_DIRECTORY=/old\nTFTP_DIRECTORY=/srv/tftp\nTFTP_ADDRESS=:70\nTFTP_USERNAME=me\nTFTP_OPTIONS=-4s");
  CHECK(after(text, today) == text);
}

TEST_CASE("lenny's file that says it already stays to the byte") {
  auto text = GENERATE(as<std::string>{}, "RUN_DAEMON=\"yes\"\nOPTIONS=\"-l -s /srv/tftp\"\n",
                       "RUN_DAEMON=yes # do\nOPTIONS='-v -l  /srv/tftp -s'",
                       "OPTIONS='-Ls /srv/tftp'; RUN_DAEMON=yes\n");
  CHECK(after(text, lenny) == text);
}

TEST_CASE("only the values change") {
  auto frame = [](const std::string& directory, const std::string& options) {
    return "# mine\nTFTP_USERNAME='me'\n TFTP_DIRECTORY=" + directory +
           "\n\n#TFTP_DIRECTORY=\"/not this\"\nTFTP_ADDRESS=:70\nTFTP_OPTIONS=" + options +
           "\nOTHER=$(date) # x\n# end";
  };
  auto [directory, options, new_options] = GENERATE(table<std::string, std::string, std::string>({
      {"\"/old\"", "\"\"", "\"--secure\""},
      {"/old", "-4", "\"-4 --secure\""},
      {"\"/a /b\"", "\"--verbose --blocksize 1468\"", "\"--verbose --blocksize 1468 --secure\""},
      {"", "'-v -s'", "'-v -s'"},
      {"\"$HOME/x\"", "\"-s /other -v -a :71\"", "\"-s -v -a :71\""},
      {"'/it'\\''s'", "\"-m /etc/\\$map\"", "\"-m /etc/\\$map --secure\""},
  }));
  CHECK(after(frame(directory, options), today) == frame("\"/srv/tftp\"", new_options));
}

TEST_CASE("lenny's other options stay") {
  auto [options, expected] = GENERATE(table<std::string, std::string>({
      {"\"-l -s /var/lib/tftpboot\"", "\"-s -l /srv/tftp\""},
      {"\"-v -l -s\"", "\"-v -l -s /srv/tftp\""},
      {"\"\"", "\"-l -s /srv/tftp\""},
      {"'-L -B 1468 /a /b'", "\"-L -B 1468 -s /srv/tftp\""},
      {"\"-l -s /old -u me\"", "\"-s -l -u me /srv/tftp\""},
  }));
  CHECK(after("RUN_DAEMON=no\nOPTIONS=" + options + "\n", lenny) ==
        "RUN_DAEMON=\"yes\"\nOPTIONS=" + expected + "\n");
}

TEST_CASE("the assignment that counts is the one that changes") {
  CHECK(
      after("TFTP_USERNAME=a\nTFTP_ADDRESS=:1\nTFTP_OPTIONS=-s\nTFTP_DIRECTORY=/a\nTFTP_DIRECTORY=/b\n",
            today) ==
      "TFTP_USERNAME=a\nTFTP_ADDRESS=:1\nTFTP_OPTIONS=-s\nTFTP_DIRECTORY=/a\nTFTP_DIRECTORY=\"/srv/tftp\"\n");
}

TEST_CASE("what cannot be changed in place is outdone by a last line") {
  const std::string rest = "TFTP_USERNAME=a\nTFTP_ADDRESS=:1\n";
  // systemd reads the comment as part of the value.
  CHECK(after(rest + "TFTP_OPTIONS=-s\nTFTP_DIRECTORY=/a # here", today) ==
        rest + "TFTP_OPTIONS=-s\nTFTP_DIRECTORY=/a # here\nTFTP_DIRECTORY=\"/srv/tftp\"\n");
  CHECK(after(rest + "TFTP_DIRECTORY=/srv/tftp\nTFTP_OPTIONS='-4' # only\n", today) ==
        rest + "TFTP_DIRECTORY=/srv/tftp\nTFTP_OPTIONS='-4' # only\nTFTP_OPTIONS=\"-4 --secure\"\n");
  // sh runs this as a program; systemd reads it as intended.
  CHECK(after(rest + "TFTP_DIRECTORY=/srv/tftp\nTFTP_OPTIONS=--secure --create\n", today) ==
        rest +
            "TFTP_DIRECTORY=/srv/tftp\nTFTP_OPTIONS=--secure --create\nTFTP_OPTIONS=\"--secure --create\"\n");
  CHECK(after(rest + "export TFTP_DIRECTORY=/srv/tftp\nTFTP_OPTIONS=-s\n", today) ==
        rest + "export TFTP_DIRECTORY=/srv/tftp\nTFTP_OPTIONS=-s\nTFTP_DIRECTORY=\"/srv/tftp\"\n");
}

TEST_CASE("a backslash at the end does not swallow the new lines") {
  auto text = GENERATE(as<std::string>{}, "A=b\\", "A=b\\\n", "# x \\", "# x \\\n");
  auto result = after(text, today);
  CHECK(result.find("\\\n\nTFTP_USERNAME=") != std::string::npos);
  CHECK(tftpd_hpa::parse(result, today).diagnostics.empty());
}

TEST_CASE("letters that are no options come to mean nothing else") {
  CHECK(after("TFTP_DIRECTORY=/old\nTFTP_OPTIONS=\"-c-4 /a\"\n", today)
            .find("TFTP_OPTIONS=\"-c -4 --secure\"") != std::string::npos);
}

TEST_CASE("an option without its argument does not take what is written behind it") {
  CHECK(after("TFTP_DIRECTORY=/a\nTFTP_OPTIONS=\"-4 -m\"\n", today).find("TFTP_OPTIONS=\"-4 --secure\"") !=
        std::string::npos);
  CHECK(after("RUN_DAEMON=yes\nOPTIONS=\"-l -pa\"\n", lenny) ==
        "RUN_DAEMON=yes\nOPTIONS=\"-l -p -s /srv/tftp\"\n");
}

TEST_CASE("what ends the options does not end ours") {
  CHECK(after("TFTP_DIRECTORY=/a\nTFTP_OPTIONS=\"-4 --\"\n", today).find("TFTP_OPTIONS=\"-4 --secure\"") !=
        std::string::npos);
}

TEST_CASE("the guide's broken assignments are put right") {
  CHECK(after("# Default for tftpd-hpa\nRUN_DAEMON = \"yes\"\nOPTIONS = '-l -s /srv/tftp'\n", lenny) ==
        "# Default for tftpd-hpa\nRUN_DAEMON=\"yes\"\nOPTIONS='-l -s /srv/tftp'\n");
  // These have no meaning in today's file, but they would still stop the init script.
  auto result = after(
      "RUN_DAEMON = \"yes\"\nOPTIONS =\t'-l -s /srv/tftp'\n  TFTP_DIRECTORY= /old # x\nTFTP_USERNAME =\nmine "
      "= 1\n",
      today);
  CHECK(result ==
        "RUN_DAEMON=\"yes\"\nOPTIONS='-l -s /srv/tftp'\n  TFTP_DIRECTORY=/old # x\nTFTP_USERNAME=\nmine = 1\n"
        "TFTP_DIRECTORY=\"/srv/tftp\"\nTFTP_ADDRESS=\":69\"\nTFTP_OPTIONS=\"--secure\"\n");
}

TEST_CASE("directories that the file cannot carry are refused") {
  auto root = GENERATE(as<std::string>{}, "", "srv/tftp", "/srv/tf tp", "/srv/$x", "/srv/`x`", "/srv/\"x",
                       "/srv/'x", "/srv/a\nb", "/srv/a\\b", "/srv/*", "/srv/[a]", "/srv/?", "/srv/;x",
                       "/srv/a\tb", "/srv/\xff", std::string("/srv/a\0b", 8));
  CHECK(error_of([&] { return tftpd_hpa::set("", today, root); }).code == "tftpd_hpa.directory");
  CHECK(error_of([&] { return tftpd_hpa::set("", lenny, root); }).code == "tftpd_hpa.directory");
}

TEST_CASE("directories that it can carry") {
  auto root = GENERATE(as<std::string>{}, "/", "/srv/tftp-1_2.3+4", "/srv/a:b@c%d,e=f", "/srv/~x",
                       "/srv/caf\xc3\xa9");
  after("", today, root);
  after("", lenny, root);
}

TEST_CASE("a file that cannot be made right is refused") {
  CHECK(error_of<ConfigError>([] { return tftpd_hpa::set("A=\"x\n", today, "/srv/tftp"); }).code ==
        "tftpd_hpa.syntax");
  CHECK(error_of<ConfigError>([] {
          return tftpd_hpa::set("TFTP_OPTIONS=\"$MORE\"\n", today, "/srv/tftp");
        }).code == "tftpd_hpa.expansion");
  CHECK(error_of<ConfigError>([] {
          return tftpd_hpa::set("# x\nOPTIONS=`x`\n", lenny, "/srv/tftp");
        }).message.find("2:1") == 0);
}

TEST_CASE("an expansion of what krgboot owns is replaced") {
  CHECK(after("TFTP_USERNAME=$u\nTFTP_ADDRESS=$a\nTFTP_OPTIONS=-s\nTFTP_DIRECTORY=$d\n", today) ==
        "TFTP_USERNAME=$u\nTFTP_ADDRESS=$a\nTFTP_OPTIONS=-s\nTFTP_DIRECTORY=\"/srv/tftp\"\n");
}
