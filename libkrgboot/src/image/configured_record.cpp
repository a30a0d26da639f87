#include "configured_record.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/image/configure.hpp"

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "tree/staging.hpp"

namespace krgboot {

ConfiguredRecord read_record(const Root& image) {
  ConfiguredRecord record;
  std::optional<std::string> text;
  try {
    text = image.read_file(configured_record, 1U << 20U);
  } catch (const IoError&) {
    return record;  // a symlink or directory is no record
  }
  if (!text) return record;
  auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return record;
  for (const auto& [name, digest] : json.items()) {
    if (digest.is_string()) record.emplace(name, digest.get<std::string>());
  }
  return record;
}

void write_record(const Root& image, const ConfiguredRecord& record) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, digest] : record) json[name] = digest;
  write_small_file(image, configured_record, dumped(json) + '\n');
}

}  // namespace krgboot
