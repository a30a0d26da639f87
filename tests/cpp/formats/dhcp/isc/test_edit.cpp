#include "krgboot/base/error.hpp"
#include "krgboot/formats/dhcp/isc/edit.hpp"

#include <string>
#include <tuple>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;
using namespace krgboot::dhcpd;

namespace {

constexpr auto krgboot_conf = "/etc/dhcp/krgboot.conf";
const std::string include_lines =
    "# The next line is krgboot's: the declarations of its cluster.\n"
    "include \"/etc/dhcp/krgboot.conf\";\n";

}  // namespace

TEST_CASE("an include is added at the end, below a comment") {
  auto text = GENERATE(as<std::string>{}, "", "authoritative;\n", "# caf\xe9 \xfe\n\n\n",
                       "group { host a { } }\n# include \"/etc/dhcp/krgboot.conf\";\n");
  CHECK_FALSE(has_include(text, krgboot_conf));
  auto with = add_include(text, krgboot_conf);
  CHECK(with == text + include_lines);
  CHECK(has_include(with, krgboot_conf));
  CHECK(add_include(with, krgboot_conf) == with);
  CHECK(remove_include(with, krgboot_conf) == text);
}

TEST_CASE("a last line without newline gets one") {
  CHECK(add_include("authoritative;", krgboot_conf) == "authoritative;\n" + include_lines);
  CHECK(add_include("# comment", krgboot_conf) == "# comment\n" + include_lines);
}

TEST_CASE("lines end as those of the file do") {
  auto with = add_include("a;\r\nb;\r\n", krgboot_conf);
  CHECK(with ==
        "a;\r\nb;\r\n# The next line is krgboot's: the declarations of its cluster.\r\n"
        "include \"/etc/dhcp/krgboot.conf\";\r\n");
  CHECK(add_include(with, krgboot_conf) == with);
  CHECK(remove_include(with, krgboot_conf) == "a;\r\nb;\r\n");
}

TEST_CASE("what is no include of this file") {
  auto text =
      GENERATE(as<std::string>{}, "# include \"/etc/dhcp/krgboot.conf\";\n",
               "option x \"include \\\"/etc/dhcp/krgboot.conf\\\";\";\n",
               "include \"/etc/dhcp/krgboot.con\";\n", "include \"/etc/dhcp/krgboot.conf \";\n",
               "includes \"/etc/dhcp/krgboot.conf\";\n", "option include \"/etc/dhcp/krgboot.conf\";\n",
               "include { }\n", "\"include\" \"/etc/dhcp/krgboot.conf\";\n");
  CHECK_FALSE(has_include(text, krgboot_conf));
  CHECK(add_include(text, krgboot_conf) == text + include_lines);
  CHECK(remove_include(text, krgboot_conf) == text);
}

TEST_CASE("an include is one however it is written") {
  auto [text, without] = GENERATE(table<std::string, std::string>({
      {"a;\n\tInclude  \"/etc/dhcp/krgboot.conf\" ;  \nb;\n", "a;\nb;\n"},
      {"include\n\"/etc\\x2fdhcp/krgboot.conf\";", ""},
      {"a; include \"/etc/dhcp/krgboot.conf\"; b;\n", "a;  b;\n"},
      {"include \"/etc/dhcp/krgboot.conf\"; # why\n", " # why\n"},
      {"group {\n  include \"/etc/dhcp/krgboot.conf\";\n}\n", "group {\n}\n"},
      {"# foreign\ninclude \"/etc/dhcp/krgboot.conf\";", "# foreign\n"},
  }));
  CHECK(has_include(text, krgboot_conf));
  CHECK(add_include(text, krgboot_conf) == text);
  CHECK(remove_include(text, krgboot_conf) == without);
}

TEST_CASE("one include stays of several") {
  auto twice = "a;\n" + include_lines + "b;\n" + include_lines + "c;\ninclude \"/etc/dhcp/krgboot.conf\";";
  CHECK(add_include(twice, krgboot_conf) == "a;\n" + include_lines + "b;\nc;\n");
  CHECK(remove_include(twice, krgboot_conf) == "a;\nb;\nc;\n");
}

TEST_CASE("other includes stay") {
  auto text = std::string("include \"/etc/dhcp/other.conf\";\n");
  auto with = add_include(text, krgboot_conf);
  CHECK(has_include(with, "/etc/dhcp/other.conf"));
  CHECK(remove_include(with, "/etc/dhcp/other.conf") == include_lines);
}

TEST_CASE("a path is quoted") {
  auto with = add_include("", "/etc/\"odd\\path\"; authoritative; #");
  CHECK(has_include(with, "/etc/\"odd\\path\"; authoritative; #"));
  CHECK(error_of([] { return add_include("", std::string(1500, 'a')); }).code == "dhcpd.string_too_long");
}

TEST_CASE("a file that dhcpd cannot read is not edited") {
  auto text = GENERATE(as<std::string>{}, "group {\n", "option x \"y;\n", "a;\n}\n", "a", "# \xff\n");
  CHECK_THROWS_AS(add_include(text, krgboot_conf), ConfigError);
  CHECK_THROWS_AS(remove_include(text, krgboot_conf), ConfigError);
  CHECK_THROWS_AS(has_include(text, krgboot_conf), ConfigError);
}
