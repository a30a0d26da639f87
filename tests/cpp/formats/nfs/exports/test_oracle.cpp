// The results of the real exportfs for these files (tests/python/test_exports_real.py runs it again).

#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "catch.hpp"

namespace {

using namespace krgboot;
using namespace krgboot::exports;

nlohmann::json oracle() {
  std::ifstream file(KRGBOOT_SOURCE_DIR "/tests/golden/exports/oracle.json");
  return nlohmann::json::parse(file);
}

/// The file stores bytes as Latin-1 characters.
std::string bytes(const std::string& utf8) {
  std::string result;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80) {
      result += utf8[i];
    } else {
      auto next = static_cast<unsigned char>(utf8[++i]);
      result += static_cast<char>((c & 0x03U) << 6U | (next & 0x3fU));
    }
  }
  return result;
}

std::string from_hex(const std::string& hex) {
  std::string result;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    result += static_cast<char>(std::stoul(hex.substr(i, 2), nullptr, 16));
  }
  return result;
}

/// The names in a hosts file; the oracle's file has one line per address.
NamesOf names_in(const std::string& hosts) {
  return [hosts](Ipv4Address wanted) {
    std::istringstream lines(hosts);
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (word != wanted.to_string()) continue;
      while (words >> word) names.push_back(word);
    }
    return names;
  };
}

bool is_lost(const exports::Entry& entry, const Diagnostics& diagnostics, const std::string& hosts) {
  auto dropped = std::any_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& d) {
    return d.where == entry.where && (d.code == "exports.duplicate" || d.code == "exports.bad_subnet");
  });
  auto client = exports::Client::parse(entry.client);
  auto unresolved = client.kind() == ClientKind::host && !client.address() &&
                    client.to_string().find(':') == std::string::npos &&
                    hosts.find(client.to_string()) == std::string::npos;
  return dropped || unresolved;
}

}  // namespace

TEST_CASE("exportfs exports what the table lists") {
  auto golden = oracle();
  auto hosts = golden["hosts"].get<std::string>();
  REQUIRE(golden["files"].size() > 50);
  for (const auto& example : golden["files"]) {
    INFO(example["name"]);
    auto text = bytes(example["exports"].get<std::string>());
    auto table = ExportsTable::parse(text, "exports");
    CHECK(table.to_string() == text);
    auto diagnostics = table.diagnostics();
    INFO(to_string(diagnostics));
    std::vector<std::string> etab;
    for (const auto& entry : table.list()) {
      if (!is_lost(entry, diagnostics, hosts)) etab.push_back(entry.to_etab());
    }
    std::sort(etab.begin(), etab.end());
    std::vector<std::string> expected;
    for (const auto& line : example["etab"]) expected.push_back(bytes(line.get<std::string>()));
    std::sort(expected.begin(), expected.end());
    CHECK(etab == expected);

    auto too_long_for_mountd = std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) {
      return d.code == "exports.etab_too_long";
    });
    CHECK(too_long_for_mountd == (example["seen_by_mountd"].get<std::size_t>() < expected.size()));
    auto name = example["name"].get<std::string>();
    auto ends = name.find("ends the file") != std::string::npos ||
                name == "earlier clients of a bad line stay" || name == "escapes count decoded";
    CHECK(table.ends_early() == ends);
    if (ends) CHECK(has_errors(diagnostics));
  }
}

TEST_CASE("exportfs picks the entry that decides") {
  auto golden = oracle();
  MatchContext context{names_in(golden["hosts"].get<std::string>()), {}};
  for (const auto& example : golden["lookups"]) {
    auto text = example["exports"].get<std::string>();
    INFO(text);
    ExportsView view({ExportsTable::parse(text)}, context);
    for (const auto& query : example["queries"]) {
      auto path = query["path"].get<std::string>();
      auto verdict = view.would_allow(Ipv4Address::from_string(query["address"].get<std::string>()), path);
      INFO(verdict.explain());
      auto here = verdict.entry && verdict.exported_path == path;
      REQUIRE(here == !query["anonuid"].is_null());
      if (here) CHECK(verdict.entry->effective.anonuid() == query["anonuid"].get<std::uint32_t>());
    }
  }
}

TEST_CASE("exportfs reads a quoted word back") {
  auto golden = oracle();
  for (const auto& example : golden["quoting"]) {
    auto path = from_hex(example["path"].get<std::string>());
    auto word = bytes(example["word"].get<std::string>());
    CHECK(quote_path(path) == word);
    auto table = ExportsTable::parse(word + " 10.0.0.1(rw)\n");
    REQUIRE(table.list().size() == 1);
    CHECK(table.list()[0].path == path);
    // A reader that decodes the table once gets the path. mountd decodes twice, which path_problem checks.
    CHECK(table.list()[0].to_etab().substr(0, etab_path(path).size()) == etab_path(path));
  }
}

TEST_CASE("exportfs reads the files of exports.d in this order") {
  auto example = oracle()["drop_ins"];
  auto names = example["names"].get<std::vector<std::string>>();
  names.erase(std::remove_if(names.begin(), names.end(), [](const auto& name) { return !is_drop_in(name); }),
              names.end());
  CHECK(sort_drop_ins(names) == example["read"].get<std::vector<std::string>>());
}
