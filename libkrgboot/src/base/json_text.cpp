#include "json_text.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "utf8.hpp"

namespace krgboot {

namespace {

std::string as_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
      length = 1;
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return result;
}

void make_utf8(nlohmann::ordered_json& json) {
  if (json.is_string()) {
    json = as_utf8(json.get_ref<const std::string&>());
  } else if (json.is_object()) {
    auto all = nlohmann::ordered_json::object();
    for (auto& [key, value] : json.items()) {
      make_utf8(value);
      all[as_utf8(key)] = std::move(value);
    }
    json = std::move(all);
  } else if (json.is_array()) {
    for (auto& value : json) make_utf8(value);
  }
}

}  // namespace

std::string dumped(nlohmann::ordered_json json) {
  make_utf8(json);
  return json.dump(2, ' ', true);
}

}  // namespace krgboot
