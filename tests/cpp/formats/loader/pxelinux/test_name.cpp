#include "krgboot/formats/loader/pxelinux/name.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

#include "address.hpp"
#include "catch.hpp"
#include "error_of.hpp"

using krgboot::DefaultBootFile;
using krgboot::Ipv4Address;
using krgboot::Ipv4Network;
using krgboot::Ipv4Range;
using krgboot::MacAddress;
using krgboot::parse_pxelinux_name;
using krgboot::pxelinux_name;
using krgboot::pxelinux_names;
using krgboot::pxelinux_search_order;
using krgboot::PxelinuxSubject;
using krgboot::Uuid;
using krgboot::test::address;
using namespace std::string_view_literals;
using Names = std::vector<std::string>;

namespace {

Names names_of(std::string_view network) {
  return pxelinux_names(Ipv4Network::from_string(network));
}

Ipv4Network network_of(std::string_view name) {
  auto subject = parse_pxelinux_name(name);
  REQUIRE(subject);
  REQUIRE(std::holds_alternative<Ipv4Network>(*subject));
  return std::get<Ipv4Network>(*subject);
}

// How many of `names` does the machine with this address try?
std::size_t tried(const Names& names, Ipv4Address machine) {
  auto order = pxelinux_search_order({std::nullopt, std::nullopt, machine});
  return static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [&](const std::string& name) {
    return std::find(order.begin(), order.end(), name) != order.end();
  }));
}

// Finds the fewest names in another way: from the longest name to the shortest, merges sixteen names that
// differ in the last digit only.
Names sixteen_by_sixteen(std::uint32_t first, std::uint32_t last) {
  Names names;
  for (std::uint64_t at = first; at <= last; ++at) {
    char text[9];
    std::snprintf(text, sizeof text, "%08llX", static_cast<unsigned long long>(at));
    names.emplace_back(text);
  }
  for (std::size_t digits = 8; digits > 1; --digits) {
    Names joined;
    for (std::size_t i = 0; i < names.size();) {
      auto parent = names[i].substr(0, digits - 1);
      bool whole = i + 16 <= names.size() && names[i].size() == digits && names[i] == parent + "0" &&
                   names[i + 15] == parent + "F";
      joined.push_back(whole ? parent : names[i]);
      i += whole ? 16 : 1;
    }
    names = joined;
  }
  return names;
}

}  // namespace

TEST_CASE("machines have names by address, MAC and UUID") {
  CHECK(pxelinux_name(address("10.11.12.101")) == "0A0B0C65");
  CHECK(pxelinux_name(address("192.168.2.91")) == "C0A8025B");
  CHECK(pxelinux_name(address("0.0.0.0")) == "00000000");
  CHECK(pxelinux_name(address("255.255.255.255")) == "FFFFFFFF");
  CHECK(pxelinux_name(MacAddress::from_string("88:99:AA:BB:CC:DD")) == "01-88-99-aa-bb-cc-dd");
  CHECK(pxelinux_name(Uuid::from_string("B8945908-D6A6-41A9-611D-74A6AB80B83D")) ==
        "b8945908-d6a6-41a9-611d-74a6ab80b83d");
}

TEST_CASE("a text is named by what it holds") {
  CHECK(pxelinux_name("10.11.12.101"sv) == "0A0B0C65");
  CHECK(pxelinux_name("88-99-AA-BB-CC-DD"sv) == "01-88-99-aa-bb-cc-dd");
  CHECK(pxelinux_name("b8945908-d6a6-41a9-611d-74a6ab80b83d"sv) == "b8945908-d6a6-41a9-611d-74a6ab80b83d");
  for (auto text : {"", "10.11.12.0/24", "10.11.12", "10.11.12.256", "010.11.12.101", "0A0B0C65", "default",
                    "ssi1", "01-88-99-aa-bb-cc-dd", "10.11.12.101 "}) {
    INFO(text);
    CHECK(error_of([&] { return pxelinux_name(std::string_view(text)); }).code == "pxelinux.not_a_client");
  }
  CHECK(error_of([] { return pxelinux_name("10.11.12.101\0"sv); }).message ==
        "\"10.11.12.101\\x00\" does not name one machine: expected an IPv4 address, a MAC address or a UUID");
}

TEST_CASE("a network has so many names of so many digits") {
  struct Row {
    const char* network;
    std::size_t count;
    std::size_t digits;
    const char* first;
    const char* last;
  };
  for (const auto& row :
       {Row{"192.168.0.0/22", 4, 6, "C0A800", "C0A803"}, Row{"192.168.0.0/23", 2, 6, "C0A800", "C0A801"},
        Row{"192.168.0.0/24", 1, 6, "C0A800", "C0A800"}, Row{"192.168.0.128/25", 8, 7, "C0A8008", "C0A800F"},
        Row{"192.168.0.192/26", 4, 7, "C0A800C", "C0A800F"},
        Row{"192.168.0.96/27", 2, 7, "C0A8006", "C0A8007"},
        Row{"192.168.0.16/28", 1, 7, "C0A8001", "C0A8001"},
        Row{"192.168.0.24/29", 8, 8, "C0A80018", "C0A8001F"},
        Row{"192.168.0.4/30", 4, 8, "C0A80004", "C0A80007"},
        Row{"192.168.0.4/31", 2, 8, "C0A80004", "C0A80005"},
        Row{"192.168.0.5/32", 1, 8, "C0A80005", "C0A80005"}, Row{"10.0.0.0/8", 1, 2, "0A", "0A"},
        Row{"160.0.0.0/4", 1, 1, "A", "A"}, Row{"128.0.0.0/1", 8, 1, "8", "F"},
        Row{"0.0.0.0/0", 16, 1, "0", "F"}}) {
    INFO(row.network);
    auto names = names_of(row.network);
    REQUIRE(names.size() == row.count);
    CHECK(names.front() == row.first);
    CHECK(names.back() == row.last);
    CHECK(std::is_sorted(names.begin(), names.end()));
    for (const auto& name : names) CHECK(name.size() == row.digits);
  }
}

TEST_CASE("for every prefix length the names hold the network and nothing else") {
  auto inside = GENERATE(0x0a0b0c65U, 0xc0a800ffU, 0U, 0xffffffffU);
  for (unsigned length = 0; length <= 32; ++length) {
    auto network = Ipv4Network::containing(Ipv4Address(inside), length);
    auto names = pxelinux_names(network);
    auto digits = std::max(1U, (length + 3) / 4);
    REQUIRE(names.size() == std::size_t{1} << (4 * digits - length));
    // Each name begins where the one before it ends, so that together they cover the network.
    std::uint64_t next = network.network().bits();
    for (const auto& name : names) {
      REQUIRE(name.size() == digits);
      auto part = network_of(name);
      REQUIRE(part.network().bits() == next);
      next += part.size();
    }
    REQUIRE(next == std::uint64_t{network.broadcast().bits()} + 1);
    if (length >= 16) {
      REQUIRE(names == sixteen_by_sixteen(network.network().bits(), network.broadcast().bits()));
    }
  }
}

TEST_CASE("a range is named by whole blocks, largest where they fit") {
  CHECK(pxelinux_names({address("192.168.0.101"), address("192.168.0.104")}) ==
        Names{"C0A80065", "C0A80066", "C0A80067", "C0A80068"});
  CHECK(pxelinux_names({address("10.0.0.14"), address("10.0.0.33")}) ==
        Names{"0A00000E", "0A00000F", "0A00001", "0A000020", "0A000021"});
  CHECK(pxelinux_names({address("10.0.0.255"), address("10.0.2.0")}) ==
        Names{"0A0000FF", "0A0001", "0A000200"});
  CHECK(pxelinux_names({address("255.255.255.255"), address("255.255.255.255")}) == Names{"FFFFFFFF"});
  CHECK(pxelinux_names({Ipv4Address(0), Ipv4Address(0xffffffff)}).size() == 16);
  // The worst case: fifteen names of each length at both ends, but fourteen of one digit.
  CHECK(pxelinux_names({Ipv4Address(1), Ipv4Address(0xfffffffe)}).size() == 7 * 15 * 2 + 14);
  CHECK(error_of([] { return pxelinux_names({Ipv4Address(2), Ipv4Address(1)}); }).code == "ipv4.descending");
}

TEST_CASE("random ranges: each address inside tries one name, those outside none, and no cover is smaller") {
  std::mt19937 random(42);
  for (int round = 0; round < 400; ++round) {
    auto size = 1 + static_cast<std::uint32_t>(random() % (round % 2 == 0 ? 40 : 700));
    auto first = static_cast<std::uint32_t>(random());
    if (round % 5 == 0) first &= 0xffffff00U;
    if (first > 0xffffffffU - (size - 1)) first = 0xffffffffU - (size - 1);
    auto last = first + (size - 1);
    auto names = pxelinux_names({Ipv4Address(first), Ipv4Address(last)});
    REQUIRE(names == sixteen_by_sixteen(first, last));
    for (std::uint64_t at = first; at <= last; at += round < 40 ? 1 : 17) {
      REQUIRE(tried(names, Ipv4Address(static_cast<std::uint32_t>(at))) == 1);
    }
    REQUIRE(tried(names, Ipv4Address(last)) == 1);
    for (std::uint32_t step : {1U, 2U, 16U, 256U}) {
      if (first >= step) REQUIRE(tried(names, Ipv4Address(first - step)) == 0);
      if (last <= 0xffffffffU - step) REQUIRE(tried(names, Ipv4Address(last + step)) == 0);
    }
  }
}

TEST_CASE("random wide ranges: the names follow one another without a hole") {
  std::mt19937 random(43);
  for (int round = 0; round < 2000; ++round) {
    auto first = static_cast<std::uint32_t>(random());
    auto last = static_cast<std::uint32_t>(random());
    if (last < first) std::swap(first, last);
    std::uint64_t next = first;
    for (const auto& name : pxelinux_names({Ipv4Address(first), Ipv4Address(last)})) {
      auto part = network_of(name);
      REQUIRE(part.network().bits() == next);
      next += part.size();
      // Maximal: the name with one digit less would reach outside.
      if (name.size() > 1) {
        auto wider = network_of(name.substr(0, name.size() - 1)).range();
        REQUIRE((wider.first.bits() < first || wider.last.bits() > last));
      }
    }
    REQUIRE(next == std::uint64_t{last} + 1);
  }
}

TEST_CASE("a name is read back as what it stands for") {
  CHECK(parse_pxelinux_name("default") == PxelinuxSubject(DefaultBootFile{}));
  CHECK(parse_pxelinux_name("0A0B0C65") == PxelinuxSubject(Ipv4Network::from_string("10.11.12.101/32")));
  CHECK(parse_pxelinux_name("0A0B0C6") == PxelinuxSubject(Ipv4Network::from_string("10.11.12.96/28")));
  CHECK(parse_pxelinux_name("C0A800") == PxelinuxSubject(Ipv4Network::from_string("192.168.0.0/24")));
  CHECK(parse_pxelinux_name("C") == PxelinuxSubject(Ipv4Network::from_string("192.0.0.0/4")));
  CHECK(parse_pxelinux_name("0") == PxelinuxSubject(Ipv4Network::from_string("0.0.0.0/4")));
  CHECK(parse_pxelinux_name("01") == PxelinuxSubject(Ipv4Network::from_string("1.0.0.0/8")));
  CHECK(parse_pxelinux_name("DEFA") == PxelinuxSubject(Ipv4Network::from_string("222.250.0.0/16")));
  CHECK(parse_pxelinux_name("01-88-99-aa-bb-cc-dd") ==
        PxelinuxSubject(MacAddress::from_string("88:99:aa:bb:cc:dd")));
  CHECK(parse_pxelinux_name("b8945908-d6a6-41a9-611d-74a6ab80b83d") ==
        PxelinuxSubject(Uuid::from_string("b8945908-d6a6-41a9-611d-74a6ab80b83d")));
}

TEST_CASE("what is nearly a name is none") {
  for (auto text : {"",
                    " ",
                    ".",
                    "..",
                    "Default",
                    "DEFAULT",
                    "default ",
                    " default",
                    "default~",
                    "default.bak",
                    "defaul",
                    "defaults",
                    "default/",
                    "0a0b0c65",
                    "0A0B0c65",
                    "c",
                    "c0a800",
                    "0A0B0C650",
                    "0A0B0C6G",
                    "0x0A0B0C",
                    "-0A0B0C6",
                    "+A",
                    "0A 0B",
                    " 0A0B0C6",
                    "0A0B0C6\n",
                    "0A0B0C65.cfg",
                    "0A0B0C65~",
                    "10.11.12.101",
                    "01-88-99-AA-BB-CC-DD",
                    "01-88-99-aa-bb-cc-Dd",
                    "01:88:99:aa:bb:cc:dd",
                    "01-88:99:aa:bb:cc:dd",
                    "88-99-aa-bb-cc-dd",
                    "02-88-99-aa-bb-cc-dd",
                    "06-88-99-aa-bb-cc-dd",
                    "20-88-99-aa-bb-cc-dd",
                    "1-88-99-aa-bb-cc-dd",
                    "01-88-99-aa-bb-cc",
                    "01-88-99-aa-bb-cc-dd-ee",
                    "01-88-99-aa-bb-cc-dd ",
                    "01-88-99-aa-bb-cc-dg",
                    "01-",
                    "B8945908-D6A6-41A9-611D-74A6AB80B83D",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83D",
                    "b8945908-d6a6-41a9-611d-74a6ab80b83",
                    "b8945908d6a641a9611d74a6ab80b83d",
                    "01-b8945908-d6a6-41a9-611d-74a6ab80b83d",
                    "pxelinux.cfg/default",
                    "\xef\xbc\xa3"
                    "0A800"}) {
    INFO(text);
    CHECK_FALSE(parse_pxelinux_name(text));
  }
  CHECK_FALSE(parse_pxelinux_name("0A0B0C6\0"sv));
  CHECK_FALSE(parse_pxelinux_name("default\0"sv));
  CHECK_FALSE(parse_pxelinux_name("C0A800\0x"sv));
}

TEST_CASE("every name that is tried is read back and written again") {
  std::mt19937 random(44);
  for (int round = 0; round < 500; ++round) {
    std::array<std::uint8_t, 6> octets{};
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(random());
    MacAddress mac(octets);
    REQUIRE(parse_pxelinux_name(pxelinux_name(mac)) == PxelinuxSubject(mac));
    Ipv4Address machine(static_cast<std::uint32_t>(random()));
    REQUIRE(parse_pxelinux_name(pxelinux_name(machine)) ==
            PxelinuxSubject(Ipv4Network::containing(machine, 32)));
    for (unsigned digits = 1; digits <= 8; ++digits) {
      auto name = pxelinux_name(machine).substr(0, digits);
      auto network = network_of(name);
      REQUIRE(network == Ipv4Network::containing(machine, 4 * digits));
      REQUIRE(pxelinux_names(network) == Names{name});
    }
  }
}

TEST_CASE("a machine tries UUID, MAC, address digit by digit, default") {
  // The example of syslinux doc/pxelinux.txt.
  CHECK(pxelinux_search_order({Uuid::from_string("b8945908-d6a6-41a9-611d-74a6ab80b83d"),
                               MacAddress::from_string("88:99:AA:BB:CC:DD"), address("192.168.2.91")}) ==
        Names{"b8945908-d6a6-41a9-611d-74a6ab80b83d", "01-88-99-aa-bb-cc-dd", "C0A8025B", "C0A8025", "C0A802",
              "C0A80", "C0A8", "C0A", "C0", "C", "default"});
}

TEST_CASE("what a machine does not know it does not try") {
  auto mac = MacAddress::from_string("88:99:AA:BB:CC:DD");
  CHECK(pxelinux_search_order({}) == Names{"default"});
  CHECK(pxelinux_search_order({std::nullopt, mac, std::nullopt}) == Names{"01-88-99-aa-bb-cc-dd", "default"});
  CHECK(pxelinux_search_order({std::nullopt, std::nullopt, address("10.0.0.1")}).size() == 9);
}

TEST_CASE("a UUID without a version is not tried") {
  for (auto text : {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
                    "b8945908-d6a6-0fa9-611d-74a6ab80b83d", "b8945908-d6a6-f0a9-611d-74a6ab80b83d",
                    "03000200-0400-0500-0006-000700080009"}) {
    INFO(text);
    auto uuid = Uuid::from_string(text);
    CHECK_FALSE(krgboot::pxelinux_asks_for(uuid));
    CHECK(pxelinux_search_order({uuid, std::nullopt, std::nullopt}) == Names{"default"});
  }
  for (auto text : {"b8945908-d6a6-10a9-611d-74a6ab80b83d", "b8945908-d6a6-efa9-611d-74a6ab80b83d"}) {
    INFO(text);
    CHECK(krgboot::pxelinux_asks_for(Uuid::from_string(text)));
  }
}
