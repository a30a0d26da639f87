#include "krgboot/config/keys.hpp"

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/key_table.hpp"

namespace krgboot {

namespace {

using Json = nlohmann::ordered_json;
using config::JsonType;
using config::Key;
using config::SectionKeys;
using config::Shape;
using config::ValueType;

constexpr const char* dialect = "https://json-schema.org/draft/2020-12/schema";

Json json_type(JsonType type) {
  switch (type) {
    case JsonType::string:
      return "string";
    case JsonType::integer:
      return "integer";
    case JsonType::boolean:
      return "boolean";
    case JsonType::string_or_integer:
      return Json::array({"string", "integer"});
  }
  return {};
}

Json value_schema(const ValueType& value) {
  Json schema;
  schema["type"] = json_type(value.json);
  if (!value.words.empty()) {
    schema["enum"] = value.words;
    return schema;
  }
  if (!value.pattern.empty()) {
    schema["pattern"] = value.pattern;
  } else if (value.json != JsonType::integer && value.json != JsonType::boolean && !value.may_be_empty) {
    schema["minLength"] = 1;
  }
  if (value.minimum && value.minimum == value.maximum) {
    schema["const"] = *value.minimum;
    return schema;
  }
  if (value.minimum) schema["minimum"] = *value.minimum;
  if (value.maximum) schema["maximum"] = *value.maximum;
  return schema;
}

// "networks[].pool" becomes "networks.pool": a name without characters that a JSON pointer escapes.
std::string definition_name(const SectionKeys& section) {
  std::string name;
  for (char c : section.path) {
    if (c != '[' && c != ']') name += c;
  }
  return name;
}

Json reference_to(const SectionKeys& section) {
  return {{"$ref", "#/$defs/" + definition_name(section)}};
}

Json default_of(const Key& key) {
  if (key.shape == Shape::list) return key.fallback;
  const auto& text = key.fallback.front();
  return key.value->json == JsonType::string ? Json(text) : Json::parse(text);
}

Json key_schema(const Key& key) {
  Json schema;
  switch (key.shape) {
    case Shape::one:
      schema = value_schema(*key.value);
      break;
    case Shape::list:
      schema = {{"type", "array"}, {"items", value_schema(*key.value)}};
      break;
    case Shape::one_or_list: {
      auto list = Json{{"type", "array"}, {"items", value_schema(*key.value)}, {"minItems", 1}};
      schema["anyOf"] = Json::array({value_schema(*key.value), std::move(list)});
      break;
    }
    case Shape::values_or_sections:
      schema = {{"type", "array"},
                {"items", {{"anyOf", Json::array({value_schema(*key.value), reference_to(*key.section)})}}}};
      break;
    case Shape::section:
      schema = reference_to(*key.section);
      break;
    case Shape::list_of_sections:
      schema = {{"type", "array"}, {"items", reference_to(*key.section)}};
      if (key.needs_an_element()) schema["minItems"] = 1;
      break;
    case Shape::named_sections:
      schema = {{"type", "object"}, {"additionalProperties", reference_to(*key.section)}};
      break;
  }
  schema["description"] = key.meaning;
  if (!key.fallback.empty()) schema["default"] = default_of(key);
  return schema;
}

Json section_schema(const SectionKeys& section) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& key : section.keys) {
    properties[key.name] = key_schema(key);
    if (key.required) required.push_back(key.name);
  }
  Json schema = {{"description", section.meaning}, {"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

void add_definitions(const SectionKeys& section, Json& definitions) {
  for (const auto& key : section.keys) {
    if (key.section == nullptr) continue;
    definitions[definition_name(*key.section)] = section_schema(*key.section);
    add_definitions(*key.section, definitions);
  }
}

}  // namespace

std::string cluster_json_schema() {
  const SectionKeys& top = config::section_of<Spec>();
  Json schema = {{"$schema", dialect}, {"title", "cluster.yaml of krgboot, version 1"}};
  schema.update(section_schema(top));
  Json definitions = Json::object();
  add_definitions(top, definitions);
  schema["$defs"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

}  // namespace krgboot
