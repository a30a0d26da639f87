#include "krgboot/config/load.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "config/key_table.hpp"
#include "config/reader.hpp"
#include "config/yaml.hpp"

namespace krgboot {

namespace {

constexpr std::string_view known_version = "1";

// For a version of a later format, report only the version: the rest of the file has another meaning.
const yaml::Element* unknown_version(const yaml::Element& root) {
  if (root.kind() != yaml::Kind::mapping) return nullptr;
  auto children = root.children();
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    const auto& value = children[i + 1];
    bool is_number =
        value.kind() == yaml::Kind::scalar && value.is_plain() && !value.text().empty() &&
        std::all_of(value.text().begin(), value.text().end(), [](char c) { return c >= '0' && c <= '9'; });
    if (children[i].text() == "version" && is_number && value.text() != known_version) return &value;
  }
  return nullptr;
}

}  // namespace

SpecReading read_spec(std::string_view text, const std::string& file) {
  yaml::Document document(text, file);
  config::Reader reader(file);
  SpecReading reading;
  reading.spec.file = file;
  if (const auto* version = unknown_version(document.root())) {
    config::Reader::Step step(reader, "version");
    reader.error(config::code::bad_value,
                 fmt::format("version {} of the format is not known", version->text()),
                 fmt::format("this krgboot reads version {}", known_version), version->at());
  } else {
    config::section_of<Spec>().read(reader, document.root(), {1, 1}, reading.spec);
  }
  reading.diagnostics = reader.take_diagnostics();
  return reading;
}

}  // namespace krgboot
