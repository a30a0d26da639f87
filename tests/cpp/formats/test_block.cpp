#include "krgboot/base/error.hpp"
#include "krgboot/formats/block.hpp"

#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

const std::string foreign = "127.0.0.1\tlocalhost\n# mine\n";
const std::string hosts_block = "# BEGIN krgboot: hosts\n10.0.0.1 a\n# END krgboot: hosts\n";

}  // namespace

TEST_CASE("a new block goes to the end of the file") {
  CHECK(set_block(foreign, "hosts", "10.0.0.1 a\n") == foreign + hosts_block);
  CHECK(set_block("", "hosts", "10.0.0.1 a\n") == hosts_block);
  CHECK(set_block(foreign, "hosts", "") == foreign + "# BEGIN krgboot: hosts\n# END krgboot: hosts\n");

  SECTION("a body without final newline gets one") {
    CHECK(set_block(foreign, "hosts", "10.0.0.1 a") == foreign + hosts_block);
  }
  SECTION("so does a last line of the file") {
    CHECK(set_block("a b", "hosts", "10.0.0.1 a\n") == "a b\n" + hosts_block);
  }
}

TEST_CASE("an existing block is replaced in place") {
  auto text = foreign + hosts_block + "after\nno newline";
  CHECK(set_block(text, "hosts", "x\ny\n") ==
        foreign + "# BEGIN krgboot: hosts\nx\ny\n# END krgboot: hosts\nafter\nno newline");
  CHECK(set_block(text, "hosts", "10.0.0.1 a\n") == text);
  CHECK(set_block(hosts_block, "hosts", "10.0.0.1 a\n") == hosts_block);
}

TEST_CASE("setting twice is setting once") {
  auto text = GENERATE(as<std::string>{}, "", "a", "a\n", "a\r\n", "a\r\nb", "\n", "a\nb\r\n", "\r\n",
                       "a\0b\n", "a\r", "\r", "a\nb\r");
  auto once = set_block(text, "n", "x\ny");
  CHECK(set_block(once, "n", "x\ny") == once);
  CHECK(find_block(once, "n")->body == "x\ny\n");
  CHECK(once.substr(0, text.size()) == text);
}

TEST_CASE("removing gives back what was there") {
  auto text = GENERATE(as<std::string>{}, "", "a\n", "a\r\nb\r\n", "a\n\n\n",
                       "# BEGIN krgboot: other\n# END krgboot: other\n");
  CHECK(remove_block(set_block(text, "n", "x\n"), "n") == text);
  CHECK(remove_block(text, "n") == text);
  CHECK(remove_block(foreign + hosts_block + "after", "hosts") == foreign + "after");
  CHECK(remove_block("no newline", "n") == "no newline");
}

TEST_CASE("a block takes the line ends of its file") {
  CHECK(set_block("a\r\n", "n", "x\ny\n") == "a\r\n# BEGIN krgboot: n\r\nx\r\ny\r\n# END krgboot: n\r\n");
  CHECK(set_block("a\nb\r\n", "n", "x\n") == "a\nb\r\n# BEGIN krgboot: n\nx\n# END krgboot: n\n");
  // A last line that ends in CR without LF gets the LF.
  CHECK(set_block("a\r", "n", "x\n") == "a\r\n# BEGIN krgboot: n\r\nx\r\n# END krgboot: n\r\n");
  auto text = std::string("a\r\n# BEGIN krgboot: n\r\nx\r\n# END krgboot: n\r\nb\r\n");
  CHECK(find_block(text, "n")->body == "x\n");
  CHECK(set_block(text, "n", "x\n") == text);
  CHECK(remove_block(text, "n") == "a\r\nb\r\n");
}

TEST_CASE("find_block says where") {
  auto found = find_block(foreign + hosts_block, "hosts");
  REQUIRE(found);
  CHECK(found->begin == Position{3, 1});
  CHECK(found->end == Position{5, 1});
  CHECK(found->body == "10.0.0.1 a\n");
  CHECK_FALSE(find_block(foreign + hosts_block, "host"));
  CHECK_FALSE(find_block("", "hosts"));
}

TEST_CASE("what is no marker") {
  auto line = GENERATE(as<std::string>{}, " # BEGIN krgboot: n", "#BEGIN krgboot: n", "# begin krgboot: n",
                       "# BEGIN krgboot n", "# BEGIN krgboot: nn", "# BEGIN krgboot: n.",
                       "## BEGIN krgboot: n", "x # BEGIN krgboot: n", "# BEGIN  krgboot: n");
  auto text = line + "\nforeign\n";
  CAPTURE(text);
  CHECK_FALSE(find_block(text, "n"));
  CHECK(set_block(text, "n", "") == text + "# BEGIN krgboot: n\n# END krgboot: n\n");
}

TEST_CASE("blanks behind a marker do not hide it") {
  auto text = std::string("# BEGIN krgboot: n \t\nx\n# END krgboot:n\nforeign\n");
  CHECK(set_block(text, "n", "x\n") == "# BEGIN krgboot: n\nx\n# END krgboot: n\nforeign\n");
}

TEST_CASE("damaged blocks are left alone") {
  struct Case {
    std::string text;
    std::string code;
    std::string line;
  };
  const std::string begin = "# BEGIN krgboot: n\n";
  const std::string end = "# END krgboot: n\n";
  auto damaged = GENERATE_COPY(values<Case>({
      {"a\n" + begin + "x\nforeign\n", "block.unterminated", "/f:2:1"},
      {"a\n" + end, "block.unopened", "/f:2:1"},
      {end + begin, "block.unopened", "/f:1:1"},
      {begin + "x\n" + begin + end, "block.unterminated", "/f:3:1"},
      {begin + end + begin + end, "block.doubled", "/f:3:1"},
      {begin + end + end, "block.unopened", "/f:3:1"},
      {begin + "# BEGIN krgboot: m\n# END krgboot: m\n" + end, "block.nested", "/f:2:1"},
      {begin + "# END krgboot: m\n" + end, "block.nested", "/f:2:1"},
      {"# BEGIN krgboot: m\n" + begin + "# END krgboot: m\n" + end, "block.nested", "/f:3:1"},
  }));
  CAPTURE(damaged.text);
  for (const auto& thrown : {error_of<ConflictError>([&] { return set_block(damaged.text, "n", "x", "/f"); }),
                             error_of<ConflictError>([&] { return remove_block(damaged.text, "n", "/f"); }),
                             error_of<ConflictError>([&] { return find_block(damaged.text, "n", "/f"); })}) {
    CHECK(thrown.code == damaged.code);
    CHECK(thrown.subject == "/f");
    CHECK(thrown.message.find(damaged.line + ":") == 0);
  }
  SECTION("which is no concern of another block") {
    if (damaged.text.find(": m") != std::string::npos) return;
    CHECK(remove_block(set_block(damaged.text, "other", "y"), "other") == damaged.text);
  }
}

TEST_CASE("a body cannot end its block") {
  auto body =
      GENERATE(as<std::string>{}, "# END krgboot: n", "x\n# END krgboot: n\ny\n", "# BEGIN krgboot: other\n",
               "# END krgboot:", "a\rb\n", "a\r\n", std::string("a\0b", 3));
  CHECK(error_of([&] { return set_block("", "n", body); }).code == "block.body");
  CHECK(set_block("", "n", " # END krgboot: n\n") ==
        "# BEGIN krgboot: n\n # END krgboot: n\n# END krgboot: n\n");
}

TEST_CASE("names of blocks") {
  auto name = GENERATE(as<std::string>{}, "", " ", " n", "n ", "a\nb", "a\rb", "a\tb", std::string("\0", 1));
  CHECK(error_of([&] { return set_block("", name, "x"); }).code == "block.name");
  CHECK(error_of([&] { return find_block("", name); }).code == "block.name");
  CHECK(error_of([&] { return remove_block("", name); }).code == "block.name");
  CHECK(find_block(set_block("", "two words", "x"), "two words")->body == "x\n");
}

TEST_CASE("random files lose nothing but the block") {
  std::mt19937 random(11);
  const std::vector<std::string> pieces = {"# BEGIN krgboot: n\n",
                                           "# END krgboot: n\n",
                                           "# BEGIN krgboot: m\n",
                                           "# END krgboot: m\n",
                                           "foreign\n",
                                           "\r\n",
                                           " # END krgboot: n\n",
                                           "# BEGIN krgboot: nn\n",
                                           "no newline"};
  int replaced = 0;
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 7; n > 0; --n) text += pieces[random() % pieces.size()];
    CAPTURE(text);
    auto thrown = error_of<ConflictError>([&] {
      auto before = find_block(text, "n");
      auto set = set_block(text, "n", "ours\n");
      REQUIRE(find_block(set, "n")->body == "ours\n");
      REQUIRE(set_block(set, "n", "ours\n") == set);
      auto without = remove_block(text, "n");
      REQUIRE_FALSE(find_block(without, "n"));
      auto without_again = remove_block(set, "n");
      if (before) {
        ++replaced;
        REQUIRE(without_again == without);
      } else {
        REQUIRE(without == text);
        REQUIRE(without_again.substr(0, text.size()) == text);
        REQUIRE(without_again.size() <= text.size() + 2);
      }
      return 0;
    });
    if (thrown.code != "(nothing thrown)") {
      ++refused;
      REQUIRE(text.find(" krgboot: n\n") != std::string::npos);
    }
  }
  CHECK(replaced > 100);
  CHECK(refused > 100);
}
