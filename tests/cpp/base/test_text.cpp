#include "krgboot/base/text.hpp"

#include <limits>

#include "catch.hpp"

using namespace krgboot;
using namespace std::string_literals;
using namespace std::string_view_literals;
using Views = std::vector<std::string_view>;

TEST_CASE("lines keep their newlines and join to the text again") {
  CHECK(split_lines("").empty());
  CHECK(split_lines("\n") == Views{"\n"});
  CHECK(split_lines("a") == Views{"a"});
  CHECK(split_lines("a\n") == Views{"a\n"});
  CHECK(split_lines("a\nb") == Views{"a\n", "b"});
  CHECK(split_lines("\n\na\r\n") == Views{"\n", "\n", "a\r\n"});
  CHECK(split_lines("a\0b\nc"sv) == Views{"a\0b\n"sv, "c"});
  for (auto text : {"", "\n", "a\n\n b", "no end", "end\n", "\r\n\r\n"}) {
    std::string joined;
    for (auto line : split_lines(text)) joined += line;
    CHECK(joined == text);
  }
}

TEST_CASE("splitting keeps empty parts") {
  CHECK(split("", ',') == Views{""});
  CHECK(split(",", ',') == Views{"", ""});
  CHECK(split("a,,b", ',') == Views{"a", "", "b"});
  CHECK(split("a,b,", ',') == Views{"a", "b", ""});
  CHECK(split("a", ',') == Views{"a"});
  CHECK(split("a;b", ',') == Views{"a;b"});
}

TEST_CASE("trimming takes ASCII blanks off both ends only") {
  CHECK(trim("") == "");
  CHECK(trim(" \t\r\n\v\f") == "");
  CHECK(trim(" a b\n") == "a b");
  CHECK(trim("a") == "a");
  CHECK(trim("\0 "sv) == "\0"sv);
  CHECK(trim("\xc2\xa0"
             "a") ==
        "\xc2\xa0"
        "a");  // NO-BREAK SPACE
}

TEST_CASE("case changes touch ASCII letters only") {
  CHECK(to_lower("AZ@[az09-") == "az@[az09-");
  CHECK(to_upper("az`{AZ09-") == "AZ`{AZ09-");
  CHECK(to_lower("\xc3\x84") == "\xc3\x84");
  CHECK(to_upper("\xc3\xa4") == "\xc3\xa4");
}

TEST_CASE("UTF-8 is the shortest form of a character that may be encoded") {
  for (auto text : {"", "ascii", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                    "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
                    "a\xc3\xa4"
                    "b"}) {
    INFO(in_quotes(text));
    CHECK(is_utf8(text));
  }
  CHECK(is_utf8("\0"sv));
  for (auto text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2",
        "\xc2"
        "a",
        "\xe0\x9f\xbf", "\xe0\xa0", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xe1\x80"
        "a",
        "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff", "a\xff",
        "\xf1\x80\x80"
        "a"}) {
    INFO(in_quotes(text));
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("control characters are found anywhere") {
  CHECK_FALSE(has_control(""));
  CHECK_FALSE(has_control("a b~"));
  CHECK_FALSE(has_control("\xc3\xa4\xff"));
  for (auto text : {"\n", "a\t",
                    "\x1f"
                    "a",
                    "\x7f", "a\x1b[0m"})
    CHECK(has_control(text));
  CHECK(has_control("a\0"sv));
}

TEST_CASE("a decimal number is digits without a leading zero, up to its maximum") {
  CHECK(parse_decimal("0", 0) == 0UL);
  CHECK(parse_decimal("7", 9) == 7UL);
  CHECK(parse_decimal("255", 255) == 255UL);
  CHECK_FALSE(parse_decimal("256", 255));
  CHECK_FALSE(parse_decimal("1", 0));
  constexpr auto maximum = std::numeric_limits<unsigned long>::max();
  CHECK(parse_decimal(std::to_string(maximum), maximum) == maximum);
  CHECK_FALSE(parse_decimal(std::to_string(maximum) + "0", maximum));
  CHECK_FALSE(parse_decimal("18446744073709551616", maximum));
  for (auto text : {"", " ", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1\n", "1.0", "1e1", "0x1", "a", "1a",
                    "1_0", "1,0", "\xd9\xa1"}) {
    INFO(in_quotes(text));
    CHECK_FALSE(parse_decimal(text, 255));
  }
  CHECK_FALSE(parse_decimal("1\0"sv, 255));
}

TEST_CASE("a slip of the pen finds its word") {
  std::vector<std::string> keys{"address", "append", "boot", "boot_file", "mac", "name"};
  CHECK(did_you_mean("adress", keys) == "address"s);
  CHECK(did_you_mean("apend", keys) == "append"s);
  CHECK(did_you_mean("Boot", keys) == "boot"s);
  CHECK(did_you_mean("boot-file", keys) == "boot_file"s);
  CHECK(did_you_mean("mca", keys) == std::nullopt);  // two changes in three letters
  CHECK(did_you_mean("macs", keys) == "mac"s);
  CHECK(did_you_mean("gateway", keys) == std::nullopt);
  CHECK(did_you_mean("name", keys) == "name"s);
  CHECK(did_you_mean("name", {}) == std::nullopt);
  // The nearest key wins at any position; of equally near keys the first one.
  CHECK(did_you_mean("options", {"opinion", "option"}) == "option"s);
  CHECK(did_you_mean("cat", {"bat", "car"}) == "bat"s);
}
