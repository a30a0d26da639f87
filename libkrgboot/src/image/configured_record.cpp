#include "configured_record.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/image/configure.hpp"

#include <cerrno>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/json_text.hpp"
#include "staging.hpp"
#include "system/system_call.hpp"

namespace krgboot {

ConfiguredRecord read_record(const Root& image) {
  ConfiguredRecord record;
  std::optional<std::string> text;
  try {
    text = image.read_file(configured_record, 1U << 20U);
  } catch (const IoError&) {
    return record;  // a link, a directory: nobody's record
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
  auto text = dumped(json) + '\n';
  image.make_directories(parent_path(configured_record));
  // No journal: nodes that may write to /var could plant one, and who works it off writes anywhere in the
  // image.
  Staging staging(image, configured_record, Staging::Kind::file, true);
  if (fchmod(staging.descriptor(), 0644) != 0) throw IoError("chmod", staging.host_path(), errno);
  system_call::write_all(staging.descriptor(), text, staging.host_path());
  staging.publish(true);
}

}  // namespace krgboot
