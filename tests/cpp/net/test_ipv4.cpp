#include "krgboot/net/ipv4.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <unordered_set>

#include "address.hpp"
#include "catch.hpp"
#include "error_of.hpp"

using krgboot::Ipv4Address;
using krgboot::Ipv4Network;
using krgboot::Ipv4Range;
using krgboot::minimal_networks;
using krgboot::test::address;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

Ipv4Network network(std::string_view text) {
  return Ipv4Network::from_string(text);
}

std::vector<std::string> texts(const std::vector<Ipv4Network>& networks) {
  std::vector<std::string> result;
  for (const auto& one : networks) result.push_back(one.to_string());
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an address is read and written in dotted decimal") {
  CHECK(address("0.0.0.0").bits() == 0);
  CHECK(address("255.255.255.255").bits() == 0xffffffff);
  CHECK(address("10.11.12.101").bits() == 0x0a0b0c65);
  CHECK(address("10.11.12.101").last_octet() == 101);
  CHECK(Ipv4Address().to_string() == "0.0.0.0");
  for (auto text : {"0.0.0.0", "192.168.0.2", "10.0.0.255", "1.2.3.4", "255.255.255.255"}) {
    CHECK(address(text).to_string() == text);
  }
}

TEST_CASE("every octet value is read in every place") {
  for (unsigned value = 0; value <= 255; ++value) {
    for (unsigned place = 0; place < 4; ++place) {
      Ipv4Address expected(value << (8 * place));
      REQUIRE(Ipv4Address::parse(expected.to_string()) == expected);
    }
  }
}

TEST_CASE("what is nearly an address is refused") {
  for (auto text : {"",
                    " ",
                    ".",
                    "...",
                    "1",
                    "1.2",
                    "1.2.3",
                    "1.2.3.",
                    ".1.2.3",
                    "1..2.3",
                    "1.2.3.4.",
                    ".1.2.3.4",
                    "1.2.3.4.5",
                    "256.0.0.1",
                    "1.256.0.1",
                    "1.2.3.256",
                    "1.2.3.999",
                    "1.2.3.4294967297",
                    "1.2.3.18446744073709551617",
                    "01.2.3.4",
                    "1.2.3.04",
                    "1.2.3.00",
                    "1.2.3.000",
                    "+1.2.3.4",
                    "1.2.3.+4",
                    "-1.2.3.4",
                    "1.2.3.-4",
                    "1.2.3.-0",
                    " 1.2.3.4",
                    "1.2.3.4 ",
                    "1. 2.3.4",
                    "1.2.3.4\n",
                    "1.2.3.4\t",
                    "0x1.2.3.4",
                    "1.2.3.0x4",
                    "1.2.3.a",
                    "1,2,3,4",
                    "1.2.3.4/24",
                    "1.2.3.4:80",
                    "::1",
                    "::ffff:1.2.3.4",
                    "16909060",
                    "1.2.3.4e0",
                    "localhost"}) {
    INFO(text);
    CHECK_FALSE(Ipv4Address::parse(text));
  }
  CHECK_FALSE(Ipv4Address::parse("1.2.3.4\0"sv));
  CHECK_FALSE(Ipv4Address::parse("1.2.3\0.4"sv));
  CHECK_FALSE(Ipv4Address::parse("1.2.3.4\0.5"sv));
  CHECK_FALSE(Ipv4Address::parse("1.2.3.\xd9\xa4"));      // ARABIC-INDIC DIGIT FOUR
  CHECK_FALSE(Ipv4Address::parse("1.2.3.\xef\xbc\x94"));  // FULLWIDTH DIGIT FOUR
  CHECK_FALSE(
      Ipv4Address::parse("1\xe3\x80\x82"
                         "2.3.4"));  // IDEOGRAPHIC FULL STOP
}

TEST_CASE("the error of an address shows the text and the form expected") {
  auto error = error_of([] { return address("10.0.0.256\n"); });
  CHECK(error.code == "ipv4.syntax");
  CHECK(error.subject == "10.0.0.256\n");
  CHECK(
      error.message ==
      "\"10.0.0.256\\n\" is not an IPv4 address: expected four numbers from 0 to 255 without leading zeros, "
      "joined by '.', such as 192.168.0.1");
}

TEST_CASE("addresses are ordered as numbers and hashed") {
  CHECK(address("9.255.255.255") < address("10.0.0.0"));
  CHECK(address("127.255.255.255") < address("128.0.0.0"));
  CHECK(address("10.0.0.1") == address("10.0.0.1"));
  std::unordered_set<Ipv4Address> seen{address("10.0.0.1"), address("10.0.0.2"), address("10.0.0.1")};
  CHECK(seen.size() == 2);
}

TEST_CASE("a range holds both its ends") {
  Ipv4Range range{address("192.168.0.150"), address("192.168.0.199")};
  CHECK(range.size() == 50);
  CHECK(range.contains(address("192.168.0.150")));
  CHECK(range.contains(address("192.168.0.199")));
  CHECK_FALSE(range.contains(address("192.168.0.149")));
  CHECK_FALSE(range.contains(address("192.168.0.200")));
  CHECK(Ipv4Range{Ipv4Address(0), Ipv4Address(0xffffffff)}.size() == 4294967296U);
}

TEST_CASE("a network knows its addresses") {
  auto lan = network("192.168.0.0/24");
  CHECK(lan.network() == address("192.168.0.0"));
  CHECK(lan.prefix_length() == 24);
  CHECK(lan.netmask() == address("255.255.255.0"));
  CHECK(lan.broadcast() == address("192.168.0.255"));
  CHECK(lan.range() == Ipv4Range{address("192.168.0.0"), address("192.168.0.255")});
  CHECK(lan.size() == 256);

  CHECK(Ipv4Network().to_string() == "0.0.0.0/0");
  CHECK(Ipv4Network().size() == 4294967296U);
  CHECK(Ipv4Network().netmask() == address("0.0.0.0"));
  CHECK(Ipv4Network().broadcast() == address("255.255.255.255"));
  CHECK(network("10.0.0.1/32").size() == 1);
  CHECK(network("10.0.0.1/32").netmask() == address("255.255.255.255"));
  CHECK(network("10.0.0.0/31").broadcast() == address("10.0.0.1"));
  CHECK(network("128.0.0.0/1").broadcast() == address("255.255.255.255"));
}

TEST_CASE("every prefix length masks as many bits") {
  for (unsigned length = 0; length <= 32; ++length) {
    auto ones = Ipv4Network::containing(Ipv4Address(0xffffffff), length);
    CHECK(ones.size() == std::uint64_t{1} << (32 - length));
    CHECK(ones.network() == ones.netmask());
    CHECK(ones.broadcast() == Ipv4Address(0xffffffff));
    CHECK(Ipv4Network::parse(ones.to_string()) == ones);
    CHECK(Ipv4Network::containing(address("10.11.12.101"), length).contains(address("10.11.12.101")));
  }
  CHECK(Ipv4Network::containing(address("192.168.3.77"), 22).to_string() == "192.168.0.0/22");
  CHECK(error_of([] { return Ipv4Network::containing(Ipv4Address(), 33); }).code == "network.prefix_length");
}

TEST_CASE("what is nearly a network is refused") {
  for (auto text : {"",
                    "/",
                    "/24",
                    "10.0.0.0",
                    "10.0.0.0/",
                    "10.0.0.0/33",
                    "10.0.0.0/08",
                    "10.0.0.0/+8",
                    "10.0.0.0/-8",
                    "10.0.0.0/ 8",
                    "10.0.0.0 /8",
                    "10.0.0.0/8 ",
                    " 10.0.0.0/8",
                    "10.0.0.0/8/8",
                    "10.0.0/8",
                    "10/8",
                    "10.0.0.0/255.0.0.0",
                    "10.0.0.0/8\n",
                    "10.0.0.0/0x8",
                    "10.0.0.0\\8",
                    "10.0.0.0//8",
                    "010.0.0.0/8"}) {
    INFO(text);
    CHECK_FALSE(Ipv4Network::parse(text));
    CHECK(error_of([&] { return network(text); }).code == "network.syntax");
  }
  CHECK_FALSE(Ipv4Network::parse("10.0.0.0/8\0"sv));
  CHECK_FALSE(Ipv4Network::parse("10.0.0.0\0/8"sv));
}

TEST_CASE("host bits are an error of their own, which names the network meant") {
  CHECK_FALSE(Ipv4Network::parse("192.168.0.5/24"));
  auto error = error_of([] { return network("192.168.0.5/24"); });
  CHECK(error.code == "network.host_bits");
  CHECK(error.subject == "192.168.0.5/24");
  CHECK(error.message ==
        "\"192.168.0.5/24\" is not a network: expected zero bits after the prefix, as in 192.168.0.0/24");
  CHECK(error_of([] { return network("0.0.0.1/0"); }).code == "network.host_bits");
  CHECK(error_of([] { return network("10.0.0.1/31"); }).code == "network.host_bits");
  CHECK(error_of([] { return network("10.0.0.1/32"); }).code == "(nothing thrown)");
}

TEST_CASE("networks contain and overlap one another") {
  auto ten = network("10.0.0.0/8");
  CHECK(ten.contains(address("10.255.255.255")));
  CHECK_FALSE(ten.contains(address("11.0.0.0")));
  CHECK_FALSE(ten.contains(address("9.255.255.255")));
  CHECK(ten.contains(network("10.1.0.0/16")));
  CHECK(ten.contains(ten));
  CHECK_FALSE(network("10.1.0.0/16").contains(ten));
  CHECK(network("10.1.0.0/16").overlaps(ten));
  CHECK(ten.overlaps(network("10.1.0.0/16")));
  CHECK_FALSE(ten.overlaps(network("11.0.0.0/8")));
  CHECK_FALSE(network("10.0.0.0/25").overlaps(network("10.0.0.128/25")));
  CHECK(Ipv4Network().contains(ten));
  CHECK(Ipv4Network().contains(address("255.255.255.255")));
  CHECK(Ipv4Network() < ten);
  CHECK(ten < network("10.0.0.0/9"));
  CHECK(ten < network("10.1.0.0/16"));
  std::unordered_set<Ipv4Network> seen{ten, network("10.0.0.0/9"), network("10.0.0.0/8")};
  CHECK(seen.size() == 2);
}

TEST_CASE("a range is the fewest networks") {
  CHECK(texts(minimal_networks({address("192.168.0.101"), address("192.168.0.104")})) ==
        Texts{"192.168.0.101/32", "192.168.0.102/31", "192.168.0.104/32"});
  CHECK(texts(minimal_networks({address("192.168.0.0"), address("192.168.0.255")})) ==
        Texts{"192.168.0.0/24"});
  CHECK(texts(minimal_networks({address("10.0.0.7"), address("10.0.0.7")})) == Texts{"10.0.0.7/32"});
  CHECK(texts(minimal_networks({Ipv4Address(0), Ipv4Address(0xffffffff)})) == Texts{"0.0.0.0/0"});
  CHECK(texts(minimal_networks({Ipv4Address(0), Ipv4Address(0)})) == Texts{"0.0.0.0/32"});
  CHECK(texts(minimal_networks({Ipv4Address(0xfffffffe), Ipv4Address(0xffffffff)})) ==
        Texts{"255.255.255.254/31"});
  // The worst case: one network for each bit on the way up, and one on the way down.
  CHECK(minimal_networks({Ipv4Address(1), Ipv4Address(0xfffffffe)}).size() == 62);
}

TEST_CASE("a range that ends before it begins is an error") {
  auto error = error_of([] { return minimal_networks({address("10.0.0.2"), address("10.0.0.1")}); });
  CHECK(error.code == "ipv4.descending");
  CHECK(error.message == "the address range 10.0.0.2-10.0.0.1 ends before it begins");
  std::vector<Ipv4Range> ranges{{address("10.0.0.1"), address("10.0.0.2")},
                                {address("10.0.0.4"), address("10.0.0.3")}};
  CHECK(error_of([&] { return minimal_networks(ranges); }).code == "ipv4.descending");
}

TEST_CASE("ranges that touch or overlap are joined first") {
  std::vector<Ipv4Range> ranges{{address("10.0.0.128"), address("10.0.0.255")},
                                {address("10.0.0.0"), address("10.0.0.127")}};
  CHECK(texts(minimal_networks(ranges)) == Texts{"10.0.0.0/24"});
  ranges = {{address("10.0.0.0"), address("10.0.0.200")},
            {address("10.0.0.3"), address("10.0.0.9")},
            {address("10.0.0.100"), address("10.0.0.255")},
            {address("10.0.0.100"), address("10.0.0.255")}};
  CHECK(texts(minimal_networks(ranges)) == Texts{"10.0.0.0/24"});
  ranges = {{address("10.0.0.0"), address("10.0.0.0")}, {address("10.0.0.2"), address("10.0.0.2")}};
  CHECK(texts(minimal_networks(ranges)) == Texts{"10.0.0.0/32", "10.0.0.2/32"});
  ranges = {{Ipv4Address(0x80000000), Ipv4Address(0xffffffff)}, {Ipv4Address(0), Ipv4Address(0x7fffffff)}};
  CHECK(texts(minimal_networks(ranges)) == Texts{"0.0.0.0/0"});
  CHECK(minimal_networks(std::vector<Ipv4Range>{}).empty());
}

namespace {

// Finds the fewest networks in another way: in a space of 2^bits addresses after `base`, halves each part
// that is neither entirely inside nor entirely outside the set.
void halve(const std::set<std::uint32_t>& wanted, std::uint32_t first, unsigned bits,
           std::vector<Ipv4Network>& networks) {
  auto end = std::uint64_t{first} + (std::uint64_t{1} << bits);
  std::uint64_t inside = 0;
  for (std::uint64_t at = first; at < end; ++at) inside += wanted.count(static_cast<std::uint32_t>(at));
  if (inside == 0) return;
  if (inside == end - first) {
    networks.push_back(Ipv4Network::containing(Ipv4Address(first), 32 - bits));
    return;
  }
  halve(wanted, first, bits - 1, networks);
  halve(wanted, first + (1U << (bits - 1)), bits - 1, networks);
}

}  // namespace

TEST_CASE("all ranges of a small space agree with halving") {
  auto base = GENERATE(0U, 0x0a000000U, 0xffffffc0U);
  for (std::uint32_t first = base; first - base < 64; ++first) {
    for (std::uint32_t last = first;; ++last) {
      std::set<std::uint32_t> wanted;
      for (std::uint32_t at = first;; ++at) {
        wanted.insert(at);
        if (at == last) break;
      }
      std::vector<Ipv4Network> expected;
      halve(wanted, base, 6, expected);
      REQUIRE(minimal_networks({Ipv4Address(first), Ipv4Address(last)}) == expected);
      if (last - base == 63) break;
    }
    if (first - base == 63) break;
  }
}

TEST_CASE("random sets of ranges agree with halving") {
  std::mt19937 random(20240101);
  for (int round = 0; round < 300; ++round) {
    auto base = static_cast<std::uint32_t>(random()) & 0xffffff00U;
    std::vector<Ipv4Range> ranges;
    std::set<std::uint32_t> wanted;
    for (auto count = random() % 8; count > 0; --count) {
      auto first = base + static_cast<std::uint32_t>(random() % 256);
      auto last = std::min(first + static_cast<std::uint32_t>(random() % 40), base + 255);
      if (last < first) std::swap(first, last);
      ranges.push_back({Ipv4Address(first), Ipv4Address(last)});
      for (std::uint64_t at = first; at <= last; ++at) wanted.insert(static_cast<std::uint32_t>(at));
    }
    std::vector<Ipv4Network> expected;
    halve(wanted, base, 8, expected);
    REQUIRE(minimal_networks(ranges) == expected);
  }
}
