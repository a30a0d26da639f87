#include "krgboot/base/text.hpp"
#include "krgboot/config/keys.hpp"
#include "krgboot/config/load.hpp"

#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "spec_texts.hpp"

using namespace krgboot;
using namespace krgboot::test;
using Json = nlohmann::json;

namespace {

/// Compares a generated text with the checked-in file. With KRGBOOT_APPROVE=1 in the environment, writes the
/// file instead.
void check_file(const std::string& name, const std::string& generated) {
  auto path = std::string(KRGBOOT_SOURCE_DIR) + "/libkrgboot/" + name;
  const char* approve = std::getenv("KRGBOOT_APPROVE");
  if (approve != nullptr && std::string(approve) == "1") {
    std::ofstream(path, std::ios::binary) << generated;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  INFO(path << " is not what the table of keys says: run this test again with KRGBOOT_APPROVE=1, and look at "
               "the diff");
  bool same = text.str() == generated;
  CHECK(same);
}

/// The lines "key: example" of each section of the reference page, keyed by the path of the section.
std::map<std::string, std::vector<std::string>> examples_by_section() {
  std::map<std::string, std::vector<std::string>> sections;
  std::string section;
  std::string page = cluster_reference();
  for (auto line : split_lines(page)) {
    std::string text(trim(line));
    std::smatch match;
    if (std::regex_match(text, match, std::regex("## `(.*)`"))) {
      section = match[1];
    } else if (std::regex_match(text, match, std::regex("\\| `([^`]*)` \\|.*\\| (`([^`]*)`)? \\|"))) {
      if (match[3].matched) sections[section].push_back(match[1].str() + ": " + match[3].str());
    }
  }
  return sections;
}

std::string pattern_of(const std::string& section, const std::string& key) {
  return Json::parse(cluster_json_schema())["$defs"][section]["properties"][key]["pattern"]
      .get<std::string>();
}

}  // namespace

TEST_CASE("the schema and the reference page that are shipped are those of the table of keys") {
  check_file("share/cluster.schema.json", cluster_json_schema());
  check_file("docs/cluster.yaml.md", cluster_reference());
}

TEST_CASE("every key's example is read without an error") {
  auto sections = examples_by_section();
  REQUIRE(sections.size() == 12);
  std::string text;
  auto add = [&](const std::string& section, const std::string& indent,
                 const std::string& first_indent = "") {
    auto prefix = first_indent.empty() ? indent : first_indent;
    REQUIRE_FALSE(sections[section].empty());
    for (const auto& line : sections[section]) {
      text += prefix + line + "\n";
      prefix = indent;
    }
  };
  add("", "");
  text += "cluster:\n";
  add("cluster", "  ");
  text += "server:\n";
  add("server", "  ");
  text += "networks:\n";
  add("networks[]", "    ", "  - ");
  text += "    pool:\n";
  add("networks[].pool", "      ");
  text += "images:\n  NAME:\n";
  add("images.NAME", "    ");
  text += "    users:\n";
  add("images.NAME.users[]", "        ", "      - ");
  text += "boot:\n  NAME:\n";
  add("boot.NAME", "    ");
  text += "    kerrighed:\n";
  add("boot.NAME.kerrighed", "      ");
  text += "nodes:\n";
  add("nodes[]", "    ", "  - ");
  CAPTURE(text);

  auto [spec, diagnostics] = read_spec(text);
  CHECK(to_string(diagnostics) == "");
  CHECK(spec.nodes.at(0).node_id->at(0).value == "[1-4]");
  CHECK(spec.boot.at(0).kerrighed->nb_nodes_min);
  CHECK(spec.images.at(0).users->at(0).value.password_hash);
  CHECK(spec.networks.at(0).pool->host_prefix);
  CHECK(spec.server.extra);
}

TEST_CASE("the schema knows the keys, what they default to and which are required") {
  auto schema = Json::parse(cluster_json_schema());
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"] == Json({"version", "cluster", "server", "networks"}));
  CHECK(schema["properties"]["version"]["const"] == 1);
  CHECK(schema["properties"]["networks"]["minItems"] == 1);
  CHECK(schema["properties"]["images"]["additionalProperties"]["$ref"] == "#/$defs/images.NAME");

  const auto& definitions = schema["$defs"];
  CHECK(definitions.size() == 11);
  for (const auto& definition : definitions) {
    CHECK(definition["additionalProperties"] == false);
    for (const auto& property : definition["properties"]) CHECK(property.contains("description"));
  }
  CHECK(definitions["server"]["required"] == Json({"name", "address", "release"}));
  CHECK(definitions["server"]["properties"]["tftp_root"]["default"] == "/srv/tftp");
  CHECK(definitions["server"]["properties"]["release"]["enum"] == Json({"lenny", "bookworm", "trixie"}));
  CHECK(definitions["networks"]["properties"]["unknown_clients"]["enum"] == Json({"allow", "deny"}));
  CHECK(definitions["networks"]["properties"]["unknown_clients"]["default"] == "allow");
  CHECK(definitions["images.NAME"]["properties"]["components"]["default"] == Json({"main"}));
  CHECK(definitions["boot.NAME.kerrighed"]["properties"]["autonodeid"]["default"] == true);
  CHECK(definitions["boot.NAME.kerrighed"]["properties"]["session_id"]["maximum"] == 9999);
  CHECK(definitions["nodes"]["required"] == Json({"name", "address"}));
}

TEST_CASE("the schema's patterns agree with the types that read the values") {
  const std::string longest_label(63, 'a');
  auto text = GENERATE_COPY(values<std::string>(
      {"a",
       "A1",
       "a-b",
       "-a",
       "a-",
       "1",
       "12",
       "1a",
       "a1",
       "a_b",
       "a.b",
       "a.b.c",
       "a..b",
       ".a",
       "a.",
       "1.a",
       "a.1",
       "1.2",
       "",
       "\xc3\xa4",
       "a b",
       longest_label,
       longest_label + "a",
       longest_label + "." + longest_label,
       longest_label + "." + longest_label + "." + longest_label + "." + longest_label.substr(2),
       longest_label + "." + longest_label + "." + longest_label + "." + longest_label.substr(1),
       "10.0.0.1",
       "0.0.0.0",
       "255.255.255.255",
       "256.0.0.1",
       "10.0.0",
       "10.0.0.1.2",
       "010.0.0.1",
       "10.0.0.1a",
       "10.0.0.0/24",
       "10.0.0.0/33",
       "0.0.0.0/0",
       "10.0.0.0/08",
       "10.0.0.0/",
       "10.0.0.0/32"}));
  CAPTURE(text);
  auto matches = [&](const char* section, const char* key) {
    return std::regex_match(text, std::regex(pattern_of(section, key)));
  };
  CHECK(matches("server", "name") == HostName::parse(text).has_value());
  CHECK(matches("cluster", "domain") == DomainName::parse(text).has_value());
  CHECK(matches("server", "address") == Ipv4Address::parse(text).has_value());
  CHECK(matches("networks", "subnet") == Ipv4Network::parse(text).has_value());
}
