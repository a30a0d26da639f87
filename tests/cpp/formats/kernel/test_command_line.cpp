#include "krgboot/formats/kernel/command_line.hpp"

#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

// "name" or "name=[value]", to show where a value begins and ends.
std::vector<std::string> shown(const std::vector<KernelParameter>& parameters) {
  std::vector<std::string> words;
  for (const auto& p : parameters) words.push_back(p.value() ? p.name() + "=[" + *p.value() + "]" : p.name());
  return words;
}

std::vector<std::string> parameters_in(const std::string& text) {
  return shown(KernelCommandLine::from_string(text).parameters());
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("words as the kernel reads them") {
  CHECK(parameters_in("") == Words{});
  CHECK(parameters_in(" \t\n ") == Words{});
  CHECK(parameters_in("quiet") == Words{"quiet"});
  CHECK(parameters_in("  quiet  mem=2G ") == Words{"quiet", "mem=[2G]"});
  CHECK(parameters_in("a\tb\nc\vd\fe\rf") == Words{"a", "b", "c", "d", "e", "f"});
  CHECK(parameters_in("console=ttyS0,115200 console=tty0") ==
        Words{"console=[ttyS0,115200]", "console=[tty0]"});
  CHECK(parameters_in("a=b=c") == Words{"a=[b=c]"});
  CHECK(parameters_in("a=") == Words{"a=[]"});

  SECTION("quotes hold blanks together and are dropped round a value or a word") {
    CHECK(parameters_in("a=\"b c\" d") == Words{"a=[b c]", "d"});
    CHECK(parameters_in("\"a=b c\" d") == Words{"a=[b c]", "d"});
    CHECK(parameters_in("\"a b\" c") == Words{"a b", "c"});
    CHECK(parameters_in("a=\"\"") == Words{"a=[]"});
    CHECK(parameters_in("\"\"") == Words{""});
  }
  SECTION("quotes elsewhere stay") {
    CHECK(parameters_in("a=b\" \"c d") == Words{"a=[b\" \"c]", "d"});
    CHECK(parameters_in("a=\"b\"c") == Words{"a=[b\"c]"});
    CHECK(parameters_in("a=b\"c d\"") == Words{"a=[b\"c d\"]"});
    CHECK(parameters_in("a\"b c\"=d") == Words{"a\"b c\"=[d]"});
  }
  SECTION("a quote that is never closed takes everything") {
    CHECK(parameters_in("a=\"b c d") == Words{"a=[b c d]"});
    CHECK(parameters_in("a=\"") == Words{"a=[]"});
    CHECK(parameters_in("\"") == Words{""});
    CHECK(parameters_in("x \"a b") == Words{"x", "a b"});
  }
  SECTION("an '=' that begins a word is part of the name") {
    CHECK(parameters_in("=a") == Words{"=a"});
    CHECK(parameters_in("=a=b") == Words{"=a=[b]"});
    CHECK(parameters_in("=") == Words{"="});
    CHECK(parameters_in("==") == Words{"==[]"});
  }
  SECTION("blanks are Latin-1, as in the kernel") {
    CHECK(parameters_in("a\xa0"
                        "b") == Words{"a", "b"});
    CHECK(parameters_in("a=\"\xc3\xa0\"") == Words{"a=[\xc3\xa0]"});
    CHECK(parameters_in("a=\xc3\xa9") == Words{"a=[\xc3\xa9]"});
  }
}

TEST_CASE("after -- come init's arguments") {
  auto line = KernelCommandLine::from_string("quiet -- single a=b -- c");
  CHECK(shown(line.parameters()) == Words{"quiet"});
  REQUIRE(line.init_arguments());
  CHECK(shown(*line.init_arguments()) == Words{"single", "a=[b]", "--", "c"});
  CHECK(line.to_string() == "quiet -- single a=b -- c");
  CHECK(line.find("a") == nullptr);
  CHECK_FALSE(KernelCommandLine::from_string("quiet --- --x").init_arguments());
  CHECK(KernelCommandLine::from_string("\"--\" x").init_arguments()->size() == 1);
  CHECK_FALSE(KernelCommandLine::from_string("--=x").init_arguments());
}

TEST_CASE("a command line reads back as itself") {
  auto text = GENERATE(as<std::string>{}, "", "quiet", "a=\"b c\" \"d=e f\" g", "x -- y z", "a=b\" \"c",
                       "a=\"never", "-- \"", "=a ==", "a--b=1 -- -- --");
  auto line = KernelCommandLine::from_string(text);
  CHECK(line.to_string() == text);
  CHECK(KernelCommandLine::from_string(line.to_string()) == line);
}

TEST_CASE("so do random lines") {
  std::mt19937 random(20240607);
  const std::string alphabet = "ab=\"- \t\xa0_,";
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 16; n > 0; --n) text += alphabet[random() % alphabet.size()];
    auto line = KernelCommandLine::from_string(text);
    auto again = KernelCommandLine::from_string(line.to_string());
    CAPTURE(text);
    REQUIRE(again == line);
  }
}

TEST_CASE("only a NUL cannot be read") {
  CHECK_FALSE(KernelCommandLine::parse(std::string("a\0b", 3)));
  CHECK(error_of([] { return KernelCommandLine::from_string(std::string("a\0b", 3)); }).code ==
        "kernel_command_line.syntax");
}

TEST_CASE("names with dashes and underscores are the same") {
  CHECK(same_parameter_name("nb_nodes-min", "nb-nodes_min"));
  CHECK_FALSE(same_parameter_name("ip", "IP"));
  CHECK_FALSE(same_parameter_name("ip", "ipv6"));
  CHECK_FALSE(same_parameter_name("ip", ""));
  auto line = KernelCommandLine::from_string("session-id=1 mem=1G mem=2G quiet");
  REQUIRE(line.find("session_id"));
  CHECK(line.find("session_id")->value() == "1");
  CHECK(line.find("mem")->value() == "2G");
  CHECK(line.find_all("mem").size() == 2);
  CHECK(line.find("quiet")->value() == std::nullopt);
  CHECK(line.find("me") == nullptr);
  CHECK(line.remove("mem") == 2);
  CHECK(line.remove("mem") == 0);
  CHECK(line.to_string() == "session-id=1 quiet");
}

TEST_CASE("parameters are quoted where they must be") {
  auto text = [](const char* name, const std::string& value) {
    return KernelParameter::assignment(name, value).to_string();
  };
  CHECK(text("mem", "2G") == "mem=2G");
  CHECK(text("a", "") == "a=");
  CHECK(text("a", "b c") == "a=\"b c\"");
  CHECK(text("a", "b=c;#{}$'\\") == "a=b=c;#{}$'\\");
  CHECK(text("a", "\xc3\xa0") == "a=\"\xc3\xa0\"");
  CHECK(text("a", "b\"c\"") == "a=b\"c\"");
  CHECK(text("a", "\"b\"") == "a=\"\"b\"\"");  // the outer quotes are dropped, the inner ones stay
  CHECK(KernelParameter::flag("quiet").to_string() == "quiet");

  SECTION("values that cannot be written") {
    auto value = GENERATE(as<std::string>{}, "\"", "a\"", "\"a", "a\"b", "a \"b", "a\nb", "a\tb", "a\rb",
                          std::string("a\0b", 3), "\x7f");
    CHECK(error_of([&] { return KernelParameter::assignment("a", value); }).code == "kernel_parameter.value");
  }
  SECTION("names that cannot be written") {
    auto name =
        GENERATE(as<std::string>{}, "", "a b", "a=b", "=", "a\"", "a\nb", "\xa0", std::string("a\0", 2));
    CHECK(error_of([&] { return KernelParameter::assignment(name, "x"); }).code == "kernel_parameter.syntax");
    CHECK(error_of([&] { return KernelParameter::flag(name); }).code == "kernel_parameter.syntax");
  }
}

TEST_CASE("every value is read back or refused") {
  std::mt19937 random(7);
  const std::string alphabet = "ab=\"\" \xa0-";
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string value;
    for (auto n = random() % 10; n > 0; --n) value += alphabet[random() % alphabet.size()];
    CAPTURE(value);
    auto thrown = error_of([&] {
      auto line = KernelCommandLine::from_string("before");
      line.add(KernelParameter::assignment("x", value));
      line.add(KernelParameter::flag("after"));
      auto again = KernelCommandLine::from_string(line.to_string());
      REQUIRE(again.parameters().size() == 3);
      REQUIRE(again.find("x")->value() == value);
      return 0;
    });
    if (thrown.code == "kernel_parameter.value") ++refused;
    REQUIRE((thrown.code == "kernel_parameter.value" || thrown.code == "(nothing thrown)"));
    REQUIRE((thrown.code == "(nothing thrown)" || value.find('"') != std::string::npos));
  }
  CHECK(refused > 0);
}

TEST_CASE("items of append are one word each") {
  auto text = [](const std::string& item) { return KernelParameter::from_item(item).to_string(); };
  CHECK(text("quiet") == "quiet");
  CHECK(text("a=\"b c\"") == "a=\"b c\"");
  CHECK(text("\"a=b c\"") == "\"a=b c\"");
  CHECK(text("a=#{}$()`;|&<>*?") == "a=#{}$()`;|&<>*?");
  CHECK(text("--") == "--");
  CHECK(text("a=\xc3\xa0") == "a=\"\xc3\xa0\"");
  CHECK(text("\xc3\xa0") == "\"\xc3\xa0\"");

  auto item = GENERATE(as<std::string>{}, "", " ", "a b", " a", "a ", "a=b c", "a=\"b c", "\"", "\"\"",
                       "a\nb", "a\n", "a\rLABEL x", "a\tb", std::string("a\0", 2));
  CAPTURE(item);
  CHECK(error_of([&] { return KernelParameter::from_item(item); }).code == "kernel_parameter.syntax");
}

TEST_CASE("adding keeps to the kernel's part") {
  auto line = KernelCommandLine::from_string("a -- single");
  line.add(KernelParameter::flag("b"));
  line.add_init_argument(KernelParameter::flag("x"));
  CHECK(line.to_string() == "a b -- single x");

  KernelCommandLine empty;
  CHECK(empty.empty());
  empty.add_init_argument(KernelParameter::flag("x"));
  CHECK(empty.to_string() == "-- x");
  CHECK_FALSE(empty.empty());

  auto open = KernelCommandLine::from_string("a=\"b");
  CHECK(open.parameters().back().has_open_quote());
  CHECK(error_of([&] { return open.add(KernelParameter::flag("b")), 0; }).code ==
        "kernel_command_line.open_quote");
  CHECK(error_of([&] { return open.add_init_argument(KernelParameter::flag("b")), 0; }).code ==
        "kernel_command_line.open_quote");
  CHECK(error_of([&] { return line.add(open.parameters().back()), 0; }).code ==
        "kernel_command_line.open_quote");
  CHECK(error_of([&] { return empty.add(KernelParameter::from_item("--")), 0; }).code ==
        "kernel_command_line.separator");
}
