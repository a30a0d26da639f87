#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/config/load.hpp"

#include <string>
#include <string_view>

#include "catch.hpp"
#include "spec_texts.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

/// "code line:column" of the ConfigError that is thrown for `text`.
std::string error_of(std::string_view text) {
  try {
    read_spec(text, "cluster.yaml");
  } catch (const ConfigError& error) {
    REQUIRE(error.diagnostics().size() == 1);
    CHECK(error.where().file == "cluster.yaml");
    CHECK_FALSE(error.diagnostics()[0].message.empty());
    auto at = error.where().position;
    return error.code() + " " + std::to_string(at.line) + ":" + std::to_string(at.column);
  }
  return "nothing";
}

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("what is no YAML is an error with its position") {
  auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"a: b: c\n", "yaml.syntax 1:5"},
      {"a:\n\tb: c\n", "yaml.syntax 2:3"},
      {"a: @b\n", "yaml.syntax 1:4"},
      {"a: `b`\n", "yaml.syntax 1:4"},
      {"a: [1, 2\nb: 3\n", "yaml.syntax 2:2"},
      {"a: {b: 1\n", "yaml.syntax 2:1"},
      {"cluster:\n  name: x\n domain: y\n", "yaml.syntax 3:2"},
      {"a: \"x\" y\n", "yaml.syntax 1:8"},
      {"a: *b\n", "yaml.syntax 1:4"},
      {"a: &b [*b]\n", "yaml.syntax 1:8"},
      {"a: \"\\q\"\n", "yaml.syntax 1:7"},
      {"a: \"\\ud83d\"\n", "yaml.syntax 1:11"},
  }));
  CAPTURE(text);
  CHECK(error_of(text) == expected);
}

TEST_CASE("no text can put control characters into a finding") {
  auto text =
      GENERATE(as<std::string>{}, "a: \"\\\n\tb\"\n", "a: \"\\\xc3\xa4\"\n", "a: *b\tc\n", "networks: a\tb\n",
               "version: a\tb\n", "\"a\\eb\": {c: d}\n", "images: {\"a\\eb\": {\"c\\nd\": 1}}\n",
               "default_boot: ~\nversion: \"1\\x07\"\nserver: {dhcp: \"i\\0c\", name: \"a\\rb\"}\n",
               "a: !<a\tb> c\n", "a: \"\\\r\"", "a: \"\\\t\"");
  CAPTURE(text);
  Diagnostics diagnostics;
  try {
    diagnostics = read_spec(text).diagnostics;
  } catch (const ConfigError& error) {
    diagnostics = error.diagnostics();
  }
  CHECK_FALSE(diagnostics.empty());
  for (const auto& diagnostic : diagnostics) {
    CAPTURE(diagnostic.to_string());
    CHECK_FALSE(has_control(diagnostic.to_string() + diagnostic.key));
    CHECK(is_utf8(diagnostic.to_string() + diagnostic.key));
  }
}

TEST_CASE("syntax errors come with a hint where there is a usual cause") {
  auto [text, hint] = GENERATE(table<std::string, std::string>({
      {"a:\n\tb: c\n", "YAML indents with blanks, not with tabs"},
      {"a: b: c\n", "quote a value that holds \": \""},
      {"a: @b\n", "quote a value that begins with this character"},
      {"a: 1\nb: \"x\nc: d\n", "is there a closing quote missing, from line 2 on?"},
      {"cluster:\n  name: x\n domain: y\n",
       "check the indentation from here upwards, and that every key ends in \": \""},
  }));
  try {
    read_spec(text);
    FAIL("no exception");
  } catch (const ConfigError& error) {
    CHECK(error.diagnostics().at(0).hint == hint);
  }
}

TEST_CASE("a missing closing quote does not swallow the rest of the file") {
  auto text = GENERATE(as<std::string>{}, "a: \"x\n", "a: 'x\nb: 1\n", "a: \"x", "\"", "'a", "{\"a",
                       "a: 'it''s\n", "a: \"x\\\n");
  CAPTURE(text);
  CHECK(error_of(text).substr(0, 12) == "yaml.syntax ");
}

TEST_CASE("the text must be UTF-8 without control characters") {
  using namespace std::string_literals;
  auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"\xff\xfe"s + "a\0:\0"s, "yaml.encoding 1:1"},
      {"\xfe\xff\0a\0:"s, "yaml.encoding 1:1"},
      {"\0a\0:"s, "yaml.encoding 1:1"},
      {"a: \0b\n"s, "yaml.encoding 1:4"},
      {"# \x04\nversion: 1\n", "yaml.encoding 1:3"},
      {"a: b\n\x1b[31mc: d\n", "yaml.encoding 2:1"},
      {"a: \x7f\n", "yaml.encoding 1:4"},
      {"# gr\xfc\xdf\n", "yaml.encoding 1:5"},
      {"a: b\n\xc3\xa4: \xc3\n", "yaml.encoding 2:4"},
      {"a: \xed\xa0\x80\n", "yaml.encoding 1:4"},
      {"a: \xf0\x9f\x98", "yaml.encoding 1:4"},
  }));
  CHECK(error_of(text) == expected);
}

TEST_CASE("a byte order mark before UTF-8 is skipped") {
  auto [spec, diagnostics] = read_spec("\xef\xbb\xbf" + smallest + "default_boot: [a]\n");
  CHECK(summary(diagnostics) == Lines{"spec.wrong_type 5:15 default_boot"});
  CHECK((spec.version.at == Position{1, 10}));
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(summary(findings("default_boot: \"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\" # \xc3\xa4\nnode: []\n")) ==
        Lines{"spec.unknown_key 6:1 node"});
  CHECK(summary(findings("{\"\xc3\xa4\xe2\x82\xac\": 1, \"\xf0\x9f\x98\x80\": 2}: x\n"
                         "images: {\"\xc3\xa4\xe2\x82\xac\": {path: 1, release: 2}}\n")) ==
        Lines{"spec.wrong_type 5:1 ", "spec.wrong_type 6:23 images.\"\xc3\xa4\xe2\x82\xac\".path",
              "spec.wrong_type 6:35 images.\"\xc3\xa4\xe2\x82\xac\".release"});
}

TEST_CASE("a file with nothing in it says so") {
  auto text = GENERATE(as<std::string>{}, "", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "~\n",
                       "null", "\xef\xbb\xbf", " ");
  CAPTURE(text);
  CHECK(error_of(text).substr(0, 11) == "yaml.empty ");
}

TEST_CASE("what YAML has besides mappings, lists and texts is refused") {
  auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"version: 1\n---\nversion: 1\n", "yaml.several_documents 2:1"},
      {"version: 1\n...\nversion: 1\n", "yaml.several_documents 3:1"},
      {"{version: 1} x\n", "yaml.several_documents 1:14"},
      {"version: !!int 1\n", "yaml.tag 1:10"},
      {"version: 1\ncluster: !foo {name: a}\n", "yaml.tag 2:10"},
      {"nodes: !!seq [a]\n", "yaml.tag 1:8"},
      {"a: !!binary aGVsbG8=\n", "yaml.tag 1:4"},
      {"%TAG ! x:\n---\nversion: 1\n", "yaml.directive 1:1"},
      {"version: 1\n%FOO\n", "yaml.directive 2:1"},
  }));
  CAPTURE(text);
  CHECK(error_of(text) == expected);
}

TEST_CASE("a document may begin with its version of YAML and end in dots") {
  CHECK(summary(read_spec("%YAML 1.2\n---\n" + smallest + "...\n").diagnostics) == Lines{});
}

TEST_CASE("nesting has an end") {
  auto text = GENERATE(as<std::string>{}, repeated("[", 100000), repeated("{a: ", 10000),
                       repeated("- ", 10000), repeated("? ", 10000), "a: " + repeated("[", 64));
  CHECK(error_of(text).substr(0, 14) == "yaml.too_deep ");
  CHECK(summary(findings("x: " + repeated("[", 63) + repeated("]", 63))) == Lines{"spec.unknown_key 5:1 x"});
}

TEST_CASE("aliases work, but must not unfold into a full memory") {
  auto [spec, diagnostics] = read_spec(smallest + R"(nodes:
  - {name: a, address: 10.0.0.2, append: &more [quiet, &two x=2]}
  - {name: b, address: 10.0.0.3, append: *more}
  - {name: c, address: 10.0.0.4, append: [*two]}
)");
  CHECK(summary(diagnostics) == Lines{});
  REQUIRE(spec.nodes.at(1).append->size() == 2);
  CHECK(spec.nodes[1].append->at(1).value == "x=2");
  CHECK((spec.nodes[1].append.at == Position{7, 42}));
  CHECK(spec.nodes[2].append->at(0).value == "x=2");
  CHECK((spec.nodes[2].append->at(0).at == Position{8, 43}));

  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before +
            repeated(", " + before, 9) + "]\n";
  }
  CHECK(error_of(bomb) == "yaml.too_many_aliases 6:45");
}

TEST_CASE("an endless list in brackets is refused before yaml-cpp has filled the memory with it") {
  CHECK(error_of("{nodes: [" + repeated("a,", 1100000) + "]}").substr(0, 15) == "yaml.too_large ");
}

TEST_CASE("texts are read in each of YAML's styles") {
  auto [spec, diagnostics] = read_spec(smallest + R"(boot:
  b:
    image: plain # comment
    kernel: 'it''s'
    initrd: "tab\tA\u00e4\U0001f600\x41"
    append:
    - several
      lines
    - |
      kept
      lines
    - >-
      folded
      lines
    - "quoted
      lines"
    - C:\path#no-comment
    - a=b:c
)");
  CHECK(summary(diagnostics) == Lines{});
  const auto& boot = spec.boot.at(0);
  CHECK(boot.image.value == "plain");
  CHECK(boot.kernel.value == "it's");
  CHECK(boot.initrd.value ==
        "tab\tA\xc3\xa4\xf0\x9f\x98\x80"
        "A");
  REQUIRE(boot.append->size() == 6);
  CHECK(boot.append->at(0).value == "several lines");
  CHECK(boot.append->at(1).value == "kept\nlines\n");
  CHECK(boot.append->at(2).value == "folded lines");
  CHECK(boot.append->at(3).value == "quoted lines");
  CHECK(boot.append->at(4).value == "C:\\path#no-comment");
  CHECK(boot.append->at(5).value == "a=b:c");
}

TEST_CASE("lines may end in \\r\\n") {
  std::string text;
  for (char c : smallest) text += c == '\n' ? "\r\n" : std::string(1, c);
  auto [spec, diagnostics] = read_spec(text + "default_boot: [a]\r\n");
  CHECK(summary(diagnostics) == Lines{"spec.wrong_type 5:15 default_boot"});
  CHECK(spec.name.value == "c");
}

TEST_CASE("JSON is read, too, with all of its escapes") {
  auto [spec, diagnostics] = read_spec(
      R"({"version":1,"cluster":{"name":"caf\u00e9 \ud83d\ude00 \\ud83d\\ude00 \"\/","domain":"example.org"},)"
      R"("server":{"name":"server","address":"10.0.0.1","release":"bookworm"},)"
      "\n\t"
      R"("networks":[{"subnet":"10.0.0.0/24","unknown_clients":"deny"}],)"
      R"("boot":{"b":{"image":"i","kernel":"k","kerrighed":{"session_id":7,"autonodeid":false}}},)"
      R"("nodes":[{"name":["n1","n2"],"address":"10.0.0.[2-3]","node_id":[1,2]}]})");
  CHECK(summary(diagnostics) == Lines{});
  CHECK(spec.name.value == "caf\xc3\xa9 \xf0\x9f\x98\x80 \\ud83d\\ude00 \"/");
  CHECK(spec.networks.at(0).unknown_clients.value == false);
  CHECK(spec.boot.at(0).kerrighed->session_id.value == 7);
  CHECK(spec.boot.at(0).kerrighed->autonodeid.value == false);
  CHECK(spec.nodes.at(0).name->at(1).value == "n2");
  CHECK(spec.nodes.at(0).node_id->at(1).value == "2");
}

TEST_CASE("JSON's null is no value, and half a surrogate pair is an error") {
  CHECK(summary(read_spec(R"({"version": null})").diagnostics).at(3) == "spec.wrong_type 1:13 version");
  CHECK(error_of(R"({"cluster": {"name": "\ude00\ud83d"}})").substr(0, 12) == "yaml.syntax ");
}

TEST_CASE("in a text without quotes a backslash means itself") {
  auto [spec, diagnostics] = read_spec("{default_boot: '\\ud83d\\ude00', version: 1}");
  CHECK(spec.default_boot.value == "\\ud83d\\ude00");
  CHECK(diagnostics.size() == 3);
}
