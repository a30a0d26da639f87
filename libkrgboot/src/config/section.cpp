#include "config/section.hpp"

#include "krgboot/base/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot::config {

std::size_t SectionKeys::find(std::string_view name) const noexcept {
  std::size_t index = 0;
  while (index < keys.size() && keys[index].name != name) ++index;
  return index;
}

void SectionKeys::report_unknown(Reader& reader, const yaml::Element& key) const {
  if (reader.is_full()) {
    reader.error(code::unknown_key, "", "", key.at());
    return;
  }
  std::vector<std::string> known;
  for (const auto& row : keys) known.push_back(row.name);
  auto near = did_you_mean(key.text(), known);
  reader.error(
      code::unknown_key, fmt::format("unknown key {} {}", shown(key.text()), reader.parent()),
      near ? fmt::format("did you mean {}?", *near) : fmt::format("known here: {}", fmt::join(known, ", ")),
      key.at());
}

void SectionKeys::report_missing(Reader& reader, const std::vector<bool>& seen, Position at) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].required || seen[i]) continue;
    auto place = reader.path();
    Reader::Step step(reader, keys[i].name);
    reader.error(
        code::missing_key,
        fmt::format("the key {} is missing {}", in_quotes(keys[i].name),
                    place.empty() ? "at the top" : "in " + place),
        keys[i].example.empty() ? "" : fmt::format("for example {}: {}", keys[i].name, keys[i].example), at);
  }
}

bool expect(Reader& reader, const yaml::Element& element, yaml::Kind kind) {
  if (element.kind() == kind) return true;
  bool list = kind == yaml::Kind::sequence;
  auto expected = list ? "a list" : "a mapping";
  if (element.kind() == yaml::Kind::null) {
    reader.error(code::wrong_type, fmt::format("{} is expected, but there is no value", expected),
                 fmt::format("remove it, or write {} where it is empty", list ? "[]" : "{}"), element.at());
    return false;
  }
  std::string hint;
  if (element.kind() == yaml::Kind::scalar && list) {
    hint = fmt::format("write it in brackets: [{}]", shown(element.text()));
  } else if (element.text().find(':') != std::string_view::npos) {
    hint = "write a blank behind the colon of a key";
  }
  reader.error(code::wrong_type, fmt::format("{} is expected, not {}", expected, noun(element)),
               std::move(hint), element.at());
  return false;
}

void require_an_element(Reader& reader, const yaml::Element& element) {
  if (element.kind() == yaml::Kind::sequence && element.children().empty()) {
    reader.error(code::bad_value, "the list is empty, but needs an element", "", element.at());
  }
}

}  // namespace krgboot::config
