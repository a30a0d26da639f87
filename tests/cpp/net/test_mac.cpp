#include "krgboot/net/mac.hpp"

#include <unordered_set>

#include "catch.hpp"
#include "error_of.hpp"

using krgboot::MacAddress;
using namespace std::string_view_literals;

TEST_CASE("a MAC address is read in four spellings and written in one") {
  for (auto text : {"52:54:00:ab:cd:ef", "52-54-00-ab-cd-ef", "52:54:00:AB:CD:EF", "52-54-00-Ab-cD-EF"}) {
    CHECK(MacAddress::from_string(text).to_string() == "52:54:00:ab:cd:ef");
  }
  CHECK(MacAddress::from_string("01:23:45:67:89:ab").octets() ==
        std::array<std::uint8_t, 6>{0x01, 0x23, 0x45, 0x67, 0x89, 0xab});
  CHECK(MacAddress().to_string() == "00:00:00:00:00:00");
  for (unsigned value = 0; value < 256; ++value) {
    auto octet = static_cast<std::uint8_t>(value);
    MacAddress mac({octet, 0, 1, 0, 2, octet});
    REQUIRE(MacAddress::parse(mac.to_string()) == mac);
  }
}

TEST_CASE("what is nearly a MAC address is refused") {
  for (auto text : {"",
                    ":",
                    ":::::",
                    "52:54:00:12:34",
                    "52:54:00:12:34:",
                    ":52:54:00:12:34",
                    "52:54:00:12:34:01:",
                    "52:54:00:12:34:01:02",
                    "52:54:00:12:34:0",
                    "52:54:00:12:34:001",
                    "5:54:00:12:34:011",
                    "52:54:0:12:34:01",
                    "52-54:00:12:34:01",
                    "52:54:00:12:34-01",
                    "52-54-00-12-34:01",
                    "525400123401",
                    "5254.0012.3401",
                    "52.54.00.12.34.01",
                    "52 54 00 12 34 01",
                    "52_54_00_12_34_01",
                    "52:54:00:12:34:0g",
                    "52:54:00:12:34:G0",
                    "52:54:00:12:34: 1",
                    "52:54:00:12:34:+1",
                    "52:54:00:12:34:-1",
                    "52:54:00:12:34:0x",
                    " 52:54:00:12:34:01",
                    "52:54:00:12:34:01 ",
                    "52:54:00:12:34:01\n",
                    "52:54:00:12:34:@1",
                    "52:54:00:12:34:`1",
                    "52:54:00:12:34:/1",
                    "52:54:00:12:34:[01-04]",
                    "01-52-54-00-12-34-01"}) {
    INFO(text);
    CHECK_FALSE(MacAddress::parse(text));
  }
  CHECK_FALSE(MacAddress::parse("52:54:00:12:34:01\0"sv));
  CHECK_FALSE(MacAddress::parse("52:54:00:12:34:0\0"sv));
  CHECK_FALSE(
      MacAddress::parse("52\0"
                        "54\0"
                        "00\0"
                        "12\0"
                        "34\0"
                        "01"sv));
  CHECK_FALSE(MacAddress::parse("52:54:00:12:34:\xd9\xa1"));  // ARABIC-INDIC DIGIT ONE, two bytes
}

TEST_CASE("the error of a MAC address shows the text and the form expected") {
  auto error = error_of([] { return MacAddress::from_string("52-54:00:12:34:01"); });
  CHECK(error.code == "mac.syntax");
  CHECK(error.subject == "52-54:00:12:34:01");
  CHECK(
      error.message ==
      "\"52-54:00:12:34:01\" is not a MAC address: expected six pairs of hex digits joined by ':' or by '-', "
      "such as 52:54:00:12:34:01");
}

TEST_CASE("group and zero addresses are told apart from a machine's") {
  CHECK(MacAddress::from_string("ff:ff:ff:ff:ff:ff").is_multicast());
  CHECK(MacAddress::from_string("01:00:5e:00:00:01").is_multicast());
  CHECK_FALSE(MacAddress::from_string("52:54:00:12:34:01").is_multicast());
  CHECK_FALSE(MacAddress::from_string("00:01:01:01:01:01").is_multicast());
  CHECK(MacAddress::from_string("00:00:00:00:00:00").is_zero());
  CHECK_FALSE(MacAddress::from_string("00:00:00:00:00:01").is_zero());
}

TEST_CASE("MAC addresses are ordered and hashed") {
  auto a = MacAddress::from_string("52:54:00:12:34:01");
  auto b = MacAddress::from_string("52:54:00:12:34:02");
  CHECK(a < b);
  CHECK(a == MacAddress::from_string("52-54-00-12-34-01"));
  CHECK(MacAddress::from_string("7f:ff:ff:ff:ff:ff") < MacAddress::from_string("80:00:00:00:00:00"));
  std::unordered_set<MacAddress> seen{a, b, a};
  CHECK(seen.size() == 2);
}
