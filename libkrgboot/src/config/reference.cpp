#include "krgboot/config/keys.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/key_table.hpp"

namespace krgboot {

namespace {

using config::Key;
using config::SectionKeys;
using config::Shape;

constexpr const char* introduction = R"(# cluster.yaml, version 1

One file describes a diskless cluster and its boot server. It is YAML 1.2 in UTF-8 (JSON will do, too), read strictly:

- A key that is not listed here, a key that stands twice, and a value of another type are errors.
- So is a text without quotes that YAML could take for something else (`no`, `null`, `12`, `1e3`, `2024-01-01`):
  write it in quotes. Numbers are written in decimal digits, without quotes; booleans are `true` and `false`.
- A key without a value is an error: leave the key out.
- Names, addresses, MAC addresses and UUIDs of nodes may be ranges: `ssi[1-4,7]`. Where the range is the whole value, put
  it in quotes: `"[1-4]"`; without them YAML reads a list.
- Anchors and aliases work; the merge key `<<` and tags (`!!str`) are errors.

This page and the JSON Schema beside it (`share/krgboot/cluster.schema.json`) are made from the table by which the
file is read. In an editor that speaks to yaml-language-server, this first line makes use of the schema:

    # yaml-language-server: $schema=/usr/share/krgboot/cluster.schema.json
)";

// A table cell must not contain an unescaped "|".
std::string cell(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string code(const std::string& text) {
  return "`" + cell(text) + "`";
}

std::string link(const SectionKeys& section) {
  std::string anchor;
  for (char c : section.path) {
    if (c == '.' || c == '[' || c == ']') continue;
    anchor += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return fmt::format("[`{}`](#{})", section.path, anchor);
}

std::string type(const Key& key) {
  std::string one;
  if (key.value != nullptr) {
    const auto& value = *key.value;
    std::vector<std::string> words;
    for (const auto& word : value.words) words.push_back(code(word));
    one = words.empty() ? value.noun : fmt::format("{}", fmt::join(words, ", "));
    if (value.minimum && value.maximum && value.minimum != value.maximum) {
      one += fmt::format(", {} to {}", *value.minimum, *value.maximum);
    }
  }
  switch (key.shape) {
    case Shape::one:
      return one;
    case Shape::list:
      return fmt::format("list, each {}", one);
    case Shape::one_or_list:
      return fmt::format("{}, or a list of these", one);
    case Shape::values_or_sections:
      return fmt::format("list, each {} or a mapping: {}", one, link(*key.section));
    case Shape::section:
      return "mapping: " + link(*key.section);
    case Shape::list_of_sections:
      return "list of mappings: " + link(*key.section);
    case Shape::named_sections:
      return "mapping of names to mappings: " + link(*key.section);
  }
  return "";
}

std::string fallback(const Key& key) {
  if (key.required) return "**required**";
  if (key.fallback.empty()) return key.otherwise;
  auto values = fmt::format("{}", fmt::join(key.fallback, ", "));
  return code(key.shape == Shape::list ? "[" + values + "]" : values);
}

void add_section(const SectionKeys& section, std::string& page) {
  page += fmt::format("\n## {}\n\n{}\n\n", section.path.empty() ? "Top level" : code(section.path),
                      section.meaning);
  page += "| Key | Value | Without it | Meaning | Example |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& key : section.keys) {
    page += fmt::format("| {} | {} | {} | {} | {} |\n", code(key.name), type(key), cell(fallback(key)),
                        cell(key.meaning), key.example.empty() ? "" : code(key.example));
  }
  for (const auto& key : section.keys) {
    if (key.section != nullptr) add_section(*key.section, page);
  }
}

}  // namespace

std::string cluster_reference() {
  std::string page = introduction;
  add_section(config::section_of<Spec>(), page);
  return page;
}

}  // namespace krgboot
