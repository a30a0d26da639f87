#include "krgboot/formats/nfs/exports/match.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "catch.hpp"

using namespace krgboot;
using namespace krgboot::exports;

namespace {

Verdict decide(const std::string& text, const std::string& address, const std::string& path) {
  return would_allow(ExportsTable::parse(text, "exports"), Ipv4Address::from_string(address), path);
}

}  // namespace

TEST_CASE("a path exported to an address") {
  auto verdict = decide("/a 10.0.0.1(rw,no_root_squash)\n", "10.0.0.1", "/a");
  CHECK(verdict.admission == Admission::allowed);
  CHECK(verdict.exported_path == "/a");
  REQUIRE(verdict.entry);
  CHECK(verdict.entry->client == "10.0.0.1");
  CHECK_FALSE(verdict.read_only);
  CHECK_FALSE(verdict.root_squash);
  CHECK_FALSE(verdict.all_squash);
  CHECK(verdict.certain);
  CHECK(decide("/a 10.0.0.1(rw)\n", "10.0.0.2", "/a").admission == Admission::refused);
  CHECK(decide("/a 10.0.0.1(rw)\n", "10.0.0.1", "/b").admission == Admission::refused);
  CHECK(decide("/a 10.0.0.1(rw)\n", "10.0.0.1", "/ab").admission == Admission::refused);
  CHECK(decide("/a 10.0.0.1(rw)\n", "10.0.0.1", "a").admission == Admission::refused);
  CHECK(decide("/a 10.0.0.1(rw)\n", "10.0.0.1", "").admission == Admission::refused);
}

TEST_CASE("a directory below an export, or the one that is nearest and open") {
  const std::string text =
      "/ 10.9.0.0/16(ro)\n/NFSROOT 10.0.0.0/8(ro)\n/NFSROOT/kerrighed 10.0.0.1(rw)\n/NFSROOT/kerrighed/var "
      "@x(ro)\n";
  CHECK(decide(text, "10.0.0.1", "/NFSROOT/kerrighed/usr/lib").exported_path == "/NFSROOT/kerrighed");
  CHECK(decide(text, "10.0.0.1", "/NFSROOT//kerrighed/").exported_path == "/NFSROOT/kerrighed");
  auto other = decide(text, "10.0.0.2", "/NFSROOT/kerrighed/usr");
  CHECK(other.exported_path == "/NFSROOT");
  CHECK(other.closed == std::vector<std::string>{"/NFSROOT/kerrighed"});
  CHECK(other.read_only);
  CHECK(decide(text, "10.9.0.2", "/srv").exported_path == "/");
  CHECK(decide(text, "10.8.0.2", "/srv").admission == Admission::refused);
  // A client known by name in a lower directory makes the verdict uncertain, but not the admission.
  auto open = decide(text, "10.0.0.1", "/NFSROOT/kerrighed/var/lib");
  CHECK(open.admission == Admission::allowed);
  CHECK_FALSE(open.certain);
}

TEST_CASE("who is asked first") {
  const std::string text =
      "/a *(ro,anonuid=1) 10.0.0.0/8(ro,anonuid=2) 10.0.0.1(ro,anonuid=3) 10.0.0.0/24(ro,anonuid=4)\n"
      "/a 10.0.0.1/32(ro,anonuid=5)\n";
  auto verdict = decide(text, "10.0.0.1", "/a");
  REQUIRE(verdict.entry);
  CHECK(verdict.entry->effective.anonuid() == 3);
  std::vector<std::uint32_t> order;
  for (const auto& one : verdict.considered) order.push_back(one.entry.effective.anonuid());
  CHECK(order == std::vector<std::uint32_t>{3, 2, 4, 5, 1});
  CHECK(decide(text, "10.0.0.2", "/a").entry->effective.anonuid() == 2);
  CHECK(decide(text, "11.0.0.2", "/a").entry->effective.anonuid() == 1);
}

TEST_CASE("clients known by name") {
  auto only = decide("/a ssi1(rw) @nodes(rw)\n", "10.0.0.1", "/a");
  CHECK(only.admission == Admission::unknown);
  CHECK_FALSE(only.certain);
  CHECK_FALSE(only.entry);
  auto before = decide("/a ssi1(rw) 10.0.0.0/8(ro)\n", "10.0.0.1", "/a");
  CHECK(before.admission == Admission::allowed);
  CHECK_FALSE(before.certain);
  auto after = decide("/a *.home(rw) 10.0.0.0/8(ro)\n", "10.0.0.1", "/a");
  CHECK(after.admission == Admission::allowed);
  CHECK(after.certain);

  MatchContext names{[](Ipv4Address) { return std::vector<std::string>{"ssi1.home", "ssi1"}; }, {}};
  auto table = ExportsTable::parse("/a ssi1(rw) 10.0.0.0/8(ro)\n");
  auto known = would_allow(table, Ipv4Address::from_string("10.0.0.1"), "/a", names);
  CHECK(known.certain);
  CHECK(known.entry->client == "ssi1");
}

TEST_CASE("what a client of flavor sys gets") {
  auto kerberos = decide("/a 10.0.0.1(rw,sec=krb5)\n", "10.0.0.1", "/a");
  CHECK(kerberos.admission == Admission::refused);
  CHECK(kerberos.entry);
  auto mixed = decide("/a 10.0.0.1(rw,sec=krb5,sec=sys,ro,all_squash)\n", "10.0.0.1", "/a");
  CHECK(mixed.admission == Admission::allowed);
  CHECK(mixed.read_only);
  CHECK(mixed.all_squash);
}

TEST_CASE("links are resolved where the disk is known") {
  MatchContext disk{{}, [](const std::string& path) -> std::optional<std::string> {
                      if (path.rfind("/NFSROOT", 0) == 0) return "/srv/nfs" + path.substr(8);
                      return std::nullopt;
                    }};
  auto table = ExportsTable::parse("/NFSROOT/kerrighed 10.0.0.1(rw)\n");
  auto address = Ipv4Address::from_string("10.0.0.1");
  CHECK(would_allow(table, address, "/srv/nfs/kerrighed", disk).admission == Admission::allowed);
  CHECK(would_allow(table, address, "/NFSROOT/kerrighed/usr", disk).exported_path == "/srv/nfs/kerrighed");
  CHECK(would_allow(table, address, "/srv/nfs/kerrighed").admission == Admission::refused);
}

TEST_CASE("several files are one table") {
  ExportsView view(
      {ExportsTable::parse("/a 10.0.0.1(ro)\n/b 10.0.0.1(rw,fsid=0)\n", "/etc/exports"),
       ExportsTable::parse("/a 10.0.0.1(rw)\n/c 10.0.0.1(rw,fsid=0)\n", "/etc/exports.d/x.exports"),
       ExportsTable::parse("/d 10.0.0.1(bogus)\n", "/etc/exports.d/y.exports")});
  auto verdict = view.would_allow(Ipv4Address::from_string("10.0.0.1"), "/a");
  CHECK(verdict.read_only);
  CHECK(verdict.entry->where.to_string() == "/etc/exports:1:4");
  CHECK(view.would_allow(Ipv4Address::from_string("10.0.0.1"), "/c").admission == Admission::allowed);
  std::vector<std::string> codes;
  for (const auto& d : view.diagnostics()) codes.push_back(d.code + " " + d.where.to_string());
  CHECK(codes == std::vector<std::string>{"exports.unknown_option /etc/exports.d/y.exports:1:4",
                                          "exports.duplicate /etc/exports.d/x.exports:1:4",
                                          "exports.duplicate_fsid /etc/exports.d/x.exports:2:4"});
  CHECK(view.tables().size() == 3);
}

TEST_CASE("the verdict explains itself") {
  const std::string text = "/a 10.0.0.0/8(rw,no_root_squash) *(ro)\n/a *.home(ro)\n/a/b 10.0.0.7(ro)\n";
  CHECK(decide(text, "10.0.0.1", "/a/b").explain() ==
        "10.0.0.1 may mount \"/a/b\": read-write, root stays root\n"
        "the export is \"/a\", which must be in the same file system\n"
        "\"/a/b\" is exported, but not to this address\n"
        "1. \"/a\" to \"10.0.0.0/8\" (subnet), exports:1:4: decides: the first that matches\n"
        "2. \"/a\" to \"*.home\" (wildcard), exports:2:4: not known: depends on the host's name\n"
        "3. \"/a\" to \"*\" (everyone), exports:1:34: matches, but its kind comes later");
  CHECK(decide("/a @x(rw)\n", "10.0.0.1", "/a").explain() ==
        "10.0.0.1 may mount \"/a\" only if a client known by name admits it\n"
        "1. \"/a\" to \"@x\" (netgroup), exports:1:4: not known: depends on the host's name");
  CHECK(decide(text, "10.0.0.1", "/z").explain() ==
        "10.0.0.1 may not mount \"/z\"\nneither it nor a directory above it is exported");
  CHECK(decide("/a 10.0.0.1(sec=krb5)\n", "10.0.0.1", "/a").explain() ==
        "10.0.0.1 may not mount \"/a\": its export wants Kerberos (sec=)\n"
        "1. \"/a\" to \"10.0.0.1\" (host), exports:1:4: decides: the first that matches");
  CHECK(decide("/a 10.0.0.1(ro) 10.0.0.1(rw)\n", "10.0.0.1", "/a").explain() ==
        "10.0.0.1 may mount \"/a\": read-only, root becomes anonymous\n"
        "1. \"/a\" to \"10.0.0.1\" (host), exports:1:4: decides: the first that matches\n"
        "2. \"/a\" to \"10.0.0.1\" (host), exports:1:17: matches, but comes later");
  CHECK(decide("/a @x(ro) *(rw,all_squash)\n", "10.0.0.1", "/a").explain() ==
        "10.0.0.1 may mount \"/a\": read-write, every user becomes anonymous\n"
        "1. \"/a\" to \"@x\" (netgroup), exports:1:4: not known: depends on the host's name\n"
        "2. \"/a\" to \"*\" (everyone), exports:1:11: decides: the first that matches\n"
        "a client known by name comes before it and could decide otherwise");
}

TEST_CASE("the index finds what looking at each entry finds") {
  std::mt19937 random(4711);
  auto number = [&](unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random); };
  for (int round = 0; round < 80; ++round) {
    std::string text;
    for (int i = 0; i < 30; ++i) {
      std::string client = "*";
      auto kind = number(10);
      if (kind < 4) client = fmt::format("10.0.0.{}", number(8));
      if (kind >= 4 && kind < 8) client = fmt::format("10.0.0.{}/{}", number(8), 24 + number(9));
      if (kind == 8) client = fmt::format("0.0.0.{}/0.0.0.5", number(8));
      text += fmt::format("/{} {}(ro,anonuid={})\n", number(2) == 0 ? "a" : "a/b", client, i);
    }
    auto table = ExportsTable::parse(text);
    REQUIRE(table.list().size() == 30);
    for (unsigned last = 0; last < 10; ++last) {
      Ipv4Address address(0x0a000000U + last);
      const exports::Entry* expected = nullptr;
      for (std::string path : {"/a/b", "/a"}) {
        for (const auto& entry : table.list()) {
          auto client = exports::Client::parse(entry.client);
          if (entry.path != path || client.match(address, {}) != Matching::yes) continue;
          if (expected == nullptr || client.kind() < exports::Client::parse(expected->client).kind())
            expected = &entry;
        }
        if (expected != nullptr) break;
      }
      auto verdict = would_allow(table, address, "/a/b");
      CAPTURE(text, address.to_string(), verdict.explain());
      REQUIRE(verdict.entry.has_value() == (expected != nullptr));
      if (expected != nullptr) REQUIRE(verdict.entry->effective.anonuid() == expected->effective.anonuid());
    }
  }
}

TEST_CASE("which files exportfs reads, and in which order") {
  CHECK(is_drop_in("a.exports"));
  CHECK_FALSE(is_drop_in(".exports"));
  CHECK_FALSE(is_drop_in(".a.exports"));
  CHECK_FALSE(is_drop_in("a.exports~"));
  CHECK_FALSE(is_drop_in("a.export"));
  CHECK_FALSE(is_drop_in("exports"));
  CHECK(sort_drop_ins({"b.exports", "a10.exports", "a9.exports", "B.exports", "a09.exports"}) ==
        std::vector<std::string>{"B.exports", "a09.exports", "a9.exports", "a10.exports", "b.exports"});
}
