#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/range.hpp"

#include <set>

#include "catch.hpp"
#include "error_of.hpp"

using krgboot::expand_range;
using krgboot::is_range;
using krgboot::max_range_size;
using krgboot::RangeBase;
using namespace std::string_literals;
using Names = std::vector<std::string>;

TEST_CASE("a text without brackets is a range of one") {
  for (auto text : {"ssi1", "a-b", "10.0.0.1", "52:54:00:12:34:01", "0", "-", " "}) {
    CHECK(expand_range(text) == Names{text});
    CHECK_FALSE(is_range(text));
  }
}

TEST_CASE("items are numbers and runs of numbers, in the order written") {
  CHECK(expand_range("ssi[1-4,7]") == Names{"ssi1", "ssi2", "ssi3", "ssi4", "ssi7"});
  CHECK(expand_range("ssi[1]") == Names{"ssi1"});
  CHECK(expand_range("ssi[3-3]") == Names{"ssi3"});
  CHECK(expand_range("[0-2]") == Names{"0", "1", "2"});
  CHECK(expand_range("[0-1]x") == Names{"0x", "1x"});
  CHECK(expand_range("a[1,2]b") == Names{"a1b", "a2b"});
  CHECK(expand_range("a[7,1-2,7]") == Names{"a7", "a1", "a2", "a7"});
  CHECK(expand_range("n[8-11]") == Names{"n8", "n9", "n10", "n11"});
  CHECK(expand_range("n[98-101]") == Names{"n98", "n99", "n100", "n101"});
  CHECK(expand_range("n[999999999999998-999999999999999]") == Names{"n999999999999998", "n999999999999999"});
}

TEST_CASE("zero padding is kept, item by item") {
  CHECK(expand_range("n[08-11]") == Names{"n08", "n09", "n10", "n11"});
  CHECK(expand_range("n[001-002]") == Names{"n001", "n002"});
  CHECK(expand_range("n[00-01]") == Names{"n00", "n01"});
  CHECK(expand_range("n[1,01,001]") == Names{"n1", "n01", "n001"});
  CHECK(expand_range("n[9-10,099-100]") == Names{"n9", "n10", "n099", "n100"});
}

TEST_CASE("several brackets count like an odometer") {
  CHECK(expand_range("r[1-2]n[1-3]") == Names{"r1n1", "r1n2", "r1n3", "r2n1", "r2n2", "r2n3"});
  CHECK(expand_range("[0-1][0-1]") == Names{"00", "01", "10", "11"});
  CHECK(expand_range("[1,2]a[3]b[4-5]c") == Names{"1a3b4c", "1a3b5c", "2a3b4c", "2a3b5c"});

  auto addresses = expand_range("10.0.[0-3].[1-250]");
  REQUIRE(addresses.size() == 1000);
  CHECK(addresses.front() == "10.0.0.1");
  CHECK(addresses[249] == "10.0.0.250");
  CHECK(addresses[250] == "10.0.1.1");
  CHECK(addresses.back() == "10.0.3.250");
  std::set<krgboot::Ipv4Address> distinct;
  for (const auto& address : addresses) distinct.insert(krgboot::Ipv4Address::from_string(address));
  CHECK(distinct.size() == 1000);
}

TEST_CASE("MAC addresses count in hex") {
  CHECK(expand_range("52:54:00:12:34:[01-04]", RangeBase::hexadecimal) ==
        Names{"52:54:00:12:34:01", "52:54:00:12:34:02", "52:54:00:12:34:03", "52:54:00:12:34:04"});
  CHECK(expand_range("[08-0b]", RangeBase::hexadecimal) == Names{"08", "09", "0a", "0b"});
  CHECK(expand_range("[1e-21]", RangeBase::hexadecimal) == Names{"1e", "1f", "20", "21"});
  CHECK(expand_range("[fe-101]", RangeBase::hexadecimal) == Names{"fe", "ff", "100", "101"});
  CHECK(expand_range("[0A-0C,FF]", RangeBase::hexadecimal) == Names{"0a", "0b", "0c", "ff"});
  CHECK(expand_range("[e-11]", RangeBase::hexadecimal) == Names{"e", "f", "10", "11"});

  auto macs = expand_range("52:54:00:12:[00-01]:[00-ff]", RangeBase::hexadecimal);
  REQUIRE(macs.size() == 512);
  CHECK(macs.front() == "52:54:00:12:00:00");
  CHECK(macs[255] == "52:54:00:12:00:ff");
  CHECK(macs[256] == "52:54:00:12:01:00");
  CHECK(macs.back() == "52:54:00:12:01:ff");
  for (const auto& mac : macs) REQUIRE(krgboot::MacAddress::from_string(mac).to_string() == mac);
}

TEST_CASE("what is nearly a range is refused") {
  for (const auto& text : {"",
                           "[",
                           "]",
                           "[]",
                           "ssi[",
                           "ssi]",
                           "ssi[]",
                           "ssi[1",
                           "ssi1]",
                           "ssi]1[",
                           "ssi[1]]",
                           "ssi[[1]",
                           "ssi[[1]]",
                           "ssi[1[2]3]",
                           "ssi[1-2",
                           "ssi[,]",
                           "ssi[1,]",
                           "ssi[,1]",
                           "ssi[1,,2]",
                           "ssi[-]",
                           "ssi[1-]",
                           "ssi[-1]",
                           "ssi[1--2]",
                           "ssi[1-2-3]",
                           "ssi[ 1]",
                           "ssi[1 ]",
                           "ssi[1 -2]",
                           "ssi[1- 2]",
                           "ssi[+1]",
                           "ssi[1-+2]",
                           "ssi[a]",
                           "ssi[a-c]",
                           "ssi[0a-0f]",
                           "ssi[1.5]",
                           "ssi[1..4]",
                           "ssi[1:4]",
                           "ssi[0x1]",
                           "ssi[1e3]",
                           "ssi[1\n]",
                           "ssi[1;2]",
                           "ssi[*]",
                           "ssi1,ssi2",
                           "ssi[1],a",
                           ",ssi[1]",
                           "ssi[\xd9\xa1]",
                           "ssi[1-2]x[",
                           "ssi[1000000000000000]",
                           "ssi[0-18446744073709551616]"}) {
    INFO(text);
    CHECK(error_of([&] { return expand_range(text); }).code == "range.syntax");
  }
  CHECK(error_of([] { return expand_range("ssi[1\0]"s); }).code == "range.syntax");
  CHECK(error_of([] { return expand_range("ssi[\0001-2]"s); }).code == "range.syntax");
  CHECK(error_of([] { return expand_range("[0g]", RangeBase::hexadecimal); }).code == "range.syntax");
  CHECK(error_of([] { return expand_range("[0x1]", RangeBase::hexadecimal); }).code == "range.syntax");
  CHECK(error_of([] { return expand_range("[0-ffffffffffffffff]", RangeBase::hexadecimal); }).code ==
        "range.syntax");
}

TEST_CASE("a run that counts down, or has two paddings, is refused") {
  for (auto text : {"n[4-1]", "n[10-9]", "n[02-01]", "n[1-3,9-8]"}) {
    INFO(text);
    CHECK(error_of([&] { return expand_range(text); }).code == "range.descending");
  }
  for (auto text : {"n[1-04]", "n[01-4]", "n[08-011]", "n[0-00]", "n[00-0]", "n[08-100]", "n[010-9]"}) {
    INFO(text);
    CHECK(error_of([&] { return expand_range(text); }).code == "range.width");
  }
  CHECK(error_of([] { return expand_range("[0f-100]", RangeBase::hexadecimal); }).code == "range.width");
  CHECK(error_of([] { return expand_range("[ff-0f]", RangeBase::hexadecimal); }).code == "range.descending");
}

TEST_CASE("the errors show the text and the form expected") {
  auto error = error_of([] { return expand_range("ssi[1-4"); });
  CHECK(error.subject == "ssi[1-4");
  CHECK(error.message ==
        "\"ssi[1-4\" is not a range: a '[' is not closed; expected a form such as ssi[1-4,7]");
  CHECK(error_of([] { return expand_range("ssi[a]"); }).message ==
        "\"ssi[a]\" is not a range: \"a\" is not a number of 1 to 15 decimal digits; expected a form such as "
        "ssi[1-4,7]");
  CHECK(error_of([] { return expand_range("ssi[4-1]"); }).message ==
        "\"4-1\" in \"ssi[4-1]\" counts down: expected the smaller number first");
  CHECK(error_of([] { return expand_range("ssi[1-04]"); }).message ==
        "\"1-04\" in \"ssi[1-04]\" pads its ends to different widths: expected, for example, [08-11]");
  CHECK(error_of([] { return expand_range("ssi[1-99999999999]"); }).message ==
        "\"ssi[1-99999999999]\" has too many members: expected at most 1000000");
}

TEST_CASE("a range has a million members at most, and says so before it makes one") {
  CHECK(expand_range("n[1-100000]").size() == 100000);
  CHECK(expand_range("n[0-999999]").size() == max_range_size);
  for (const auto& text :
       {"n[0-1000000]"s, "n[1-99999999999]"s, "n[0-999999999999999]"s, "n[0-999999]x[0-1]"s,
        "n[1-500000,1-500001]"s, "[0-9][0-9][0-9][0-9][0-9][0-9][0-1]"s,
        // The product of these counts would wrap around 64 bits to a small number.
        "[0-4294967295][0-4294967295]"s, "[1-562949953421312][1-32768]x[1-2]"s}) {
    INFO(text);
    CHECK(error_of([&] { return expand_range(text); }).code == "range.too_many");
  }
  // 2^19 times 2^45 members, and 2^15 items of 2^49: both products would wrap around to 0.
  CHECK(error_of([] { return expand_range("[1-524288][1-35184372088832]"); }).code == "range.too_many");
  std::string items = "[1-562949953421312";
  for (int i = 1; i < 32768; ++i) items += ",1-562949953421312";
  CHECK(error_of([&] { return expand_range(items + "]"); }).code == "range.too_many");
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "[0-999999999999999]";
  CHECK(error_of([&] { return expand_range(many); }).code == "range.too_many");
}

TEST_CASE("the members are limited in characters too") {
  std::string padding(1000, 'x');
  CHECK(expand_range(padding + "[1-1000]").size() == 1000);
  CHECK(error_of([&] { return expand_range(padding + "[1-1000000]"); }).code == "range.too_many");
  // A plain text of any length is a range of one member.
  CHECK(expand_range(std::string(krgboot::max_range_characters + 1, 'x')).size() == 1);
}

TEST_CASE("many brackets of one member are no burden") {
  std::string text;
  std::string member;
  for (int i = 0; i < 20000; ++i) {
    text += "[7]";
    member += '7';
  }
  CHECK(expand_range(text) == Names{member});
}

TEST_CASE("a bracket of either kind makes a range") {
  CHECK(is_range("ssi[1-4]"));
  CHECK(is_range("["));
  CHECK(is_range("ssi1]"));  // true, so that expand_range() reports the error
  CHECK_FALSE(is_range(""));
  CHECK_FALSE(is_range("ssi1-4"));
}
