#include "krgboot/net/range.hpp"

#include <random>

#include "catch.hpp"
#include "error_of.hpp"

using krgboot::compress_range;
using krgboot::expand_range;
using krgboot::RangeBase;
using Names = std::vector<std::string>;

namespace {

Names expand_all(const Names& ranges, RangeBase base) {
  Names names;
  for (const auto& range : ranges) {
    auto members = expand_range(range, base);
    names.insert(names.end(), members.begin(), members.end());
  }
  return names;
}

}  // namespace

TEST_CASE("runs fold over the last number that differs") {
  CHECK(compress_range({"ssi1", "ssi2", "ssi4"}) == Names{"ssi[1-2,4]"});
  CHECK(compress_range({"ssi1", "ssi2", "ssi3", "ssi4", "ssi7"}) == Names{"ssi[1-4,7]"});
  CHECK(compress_range({"a1b", "a2b", "a3b"}) == Names{"a[1-3]b"});
  CHECK(compress_range({"node1-eth0", "node2-eth0"}) == Names{"node[1-2]-eth0"});
  CHECK(compress_range({"192.168.0.101", "192.168.0.102", "192.168.0.103", "192.168.0.104"}) ==
        Names{"192.168.0.[101-104]"});
  CHECK(compress_range({"1", "2", "3"}) == Names{"[1-3]"});
}

TEST_CASE("names that do not fold stay as they are") {
  CHECK(compress_range({}).empty());
  CHECK(compress_range({"ssi1"}) == Names{"ssi1"});
  CHECK(compress_range({"alpha", "beta"}) == Names{"alpha", "beta"});
  CHECK(compress_range({"a1b1", "a2b2"}) == Names{"a1b1", "a2b2"});
  CHECK(compress_range({"a1", "b2"}) == Names{"a1", "b2"});
  CHECK(compress_range({"a", "a1"}) == Names{"a", "a1"});
  CHECK(compress_range({"a1", "a"}) == Names{"a1", "a"});
  CHECK(compress_range({"a1", "a1x", "a2"}) == Names{"a1", "a1x", "a2"});
  CHECK(compress_range({"server", "ssi1", "ssi2", "backup"}) == Names{"server", "ssi[1-2]", "backup"});
}

TEST_CASE("padding and order are kept") {
  CHECK(compress_range({"n08", "n09", "n10", "n11"}) == Names{"n[08-11]"});
  CHECK(compress_range({"n8", "n9", "n10"}) == Names{"n[8-10]"});
  CHECK(compress_range({"n9", "n010"}) == Names{"n[9,010]"});
  CHECK(compress_range({"n09", "n010"}) == Names{"n[09,010]"});
  CHECK(compress_range({"n99", "n100"}) == Names{"n[99-100]"});
  CHECK(compress_range({"n099", "n100"}) == Names{"n[099-100]"});
  CHECK(compress_range({"n0", "n1"}) == Names{"n[0-1]"});
  CHECK(compress_range({"n4", "n3", "n1"}) == Names{"n[4,3,1]"});
  auto outgrown = expand_range("n[09-99]");
  outgrown.push_back("n100");
  CHECK(compress_range(outgrown) == Names{"n[09-99,100]"});
}

TEST_CASE("equal ranges fold over a number further left") {
  Names names;
  for (int i = 0; i <= 3; ++i) {
    for (int j = 1; j <= 250; ++j) names.push_back("10.0." + std::to_string(i) + "." + std::to_string(j));
  }
  CHECK(compress_range(names) == Names{"10.0.[0-3].[1-250]"});
  CHECK(compress_range({"a1b1c1", "a1b1c2", "a1b2c1", "a1b2c2", "a2b1c1", "a2b1c2", "a2b2c1", "a2b2c2"}) ==
        Names{"a[1-2]b[1-2]c[1-2]"});
  // A single range would need the first bracket to run fastest, which no range does.
  CHECK(compress_range({"a1b1", "a2b1", "a1b2", "a2b2"}) == Names{"a[1-2]b1", "a[1-2]b2"});
}

TEST_CASE("MAC addresses fold in hex") {
  CHECK(compress_range({"52:54:00:12:34:09", "52:54:00:12:34:0a", "52:54:00:12:34:0b"},
                       RangeBase::hexadecimal) == Names{"52:54:00:12:34:[09-0b]"});
  CHECK(compress_range({"52:54:00:12:34:ff", "52:54:00:12:35:00"}, RangeBase::hexadecimal) ==
        Names{"52:54:00:12:34:ff", "52:54:00:12:35:00"});
  auto range = Names{"52:54:00:12:[00-01]:[00-ff]"};
  CHECK(compress_range(expand_all(range, RangeBase::hexadecimal), RangeBase::hexadecimal) == range);
  // Upper case would be written as lower case.
  Names upper{"0A", "0B"};
  CHECK(expand_all(compress_range(upper, RangeBase::hexadecimal), RangeBase::hexadecimal) == upper);
}

TEST_CASE("numbers too wide to count stay text") {
  Names names{"n1000000000000000", "n1000000000000001"};
  CHECK(compress_range(names) == names);
  CHECK(compress_range({"n999999999999998", "n999999999999999"}) ==
        Names{"n[999999999999998-999999999999999]"});
  names = {"n999999999999999", "n1000000000000000"};
  CHECK(compress_range(names) == names);
}

TEST_CASE("names that no range can hold are refused") {
  for (auto name : {"", "a[1]", "a[", "a]", "[", "]", "a,b", ","}) {
    INFO(name);
    auto error = error_of([&] { return compress_range({"ssi1", name}); });
    CHECK(error.code == "range.syntax");
    CHECK(error.subject == name);
  }
  CHECK(error_of([] { return compress_range({"a,b"}); }).message ==
        "\"a,b\" cannot stand in a range: expected a name, and no '[', ']' or ',' in it");
}

TEST_CASE("a fold never grows past what a range may hold", "[slow]") {
  Names names;
  for (std::size_t i = 0; i <= krgboot::max_range_size; ++i) names.push_back("n" + std::to_string(i));
  auto ranges = compress_range(names);
  CHECK(ranges == Names{"n[0-999999]", "n1000000"});
  CHECK(expand_all(ranges, RangeBase::decimal) == names);

  std::string padding(krgboot::max_range_characters / 100, 'x');
  Names wide;
  for (int i = 0; i < 150; ++i) wide.push_back(padding + std::to_string(i));
  ranges = compress_range(wide);
  CHECK(ranges.size() == 2);
  CHECK(expand_all(ranges, RangeBase::decimal) == wide);
}

TEST_CASE("whatever the names, the ranges expand to them") {
  auto base = GENERATE(RangeBase::decimal, RangeBase::hexadecimal);
  // Characters that make folding difficult: digits, hex digits in both cases, the dash of items, other
  // separators.
  const std::string alphabet = base == RangeBase::decimal ? "0199-a." : "019afAF-x:";
  std::mt19937 random(4711);
  std::size_t folded = 0;
  for (int round = 0; round < 20000; ++round) {
    Names names;
    for (auto count = 1 + random() % 8; count > 0; --count) {
      std::string name;
      for (auto length = 1 + random() % 4; length > 0; --length) name += alphabet[random() % alphabet.size()];
      names.push_back(name);
    }
    auto ranges = compress_range(names, base);
    REQUIRE(expand_all(ranges, base) == names);
    folded += ranges.size() < names.size() ? 1U : 0U;
  }
  CHECK(folded > 1000);
}

TEST_CASE("whatever the range, folding its members keeps them") {
  std::mt19937 random(815);
  for (int round = 0; round < 2000; ++round) {
    std::string range;
    for (auto parts = 1 + random() % 3; parts > 0; --parts) {
      range += static_cast<char>('a' + random() % 3);
      auto first = random() % 120;
      range += "[" + std::to_string(first) + "-" + std::to_string(first + random() % 12) + "," +
               std::to_string(random() % 100) + "]";
    }
    auto names = expand_range(range);
    auto ranges = compress_range(names);
    REQUIRE(expand_all(ranges, RangeBase::decimal) == names);
    REQUIRE(ranges.size() < names.size());
  }
}
