#include "compare.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/tree/manifest.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

namespace krgboot {

namespace {

using Fields = std::map<std::string, std::string>;

/// The fields of the entry's manifest lines, by keyword.
Fields fields_of(const TreeEntry& entry) {
  Fields fields;
  auto lines = to_manifest_lines(entry);
  for (auto line : split_lines(lines)) {
    for (auto word : split(trim(line), ' ')) {
      auto equals = word.find('=');
      if (equals != std::string_view::npos) fields.emplace(word.substr(0, equals), word.substr(equals + 1));
    }
  }
  return fields;
}

std::vector<FieldDifference> differences_of(const TreeEntry& before, const TreeEntry& after) {
  std::vector<FieldDifference> differences;
  auto old_fields = fields_of(before);
  auto new_fields = fields_of(after);
  // An unknown digest is no difference.
  if (before.sha256.empty() || after.sha256.empty()) {
    old_fields.erase("sha256");
    new_fields.erase("sha256");
  }
  // For a hard link compare only the link itself; other differences are reported at the first name.
  bool linked = !before.hard_link.empty() || !after.hard_link.empty();
  auto all = old_fields;
  all.insert(new_fields.begin(), new_fields.end());
  for (const auto& field : all) {
    const auto& name = field.first;
    if (linked && name != "hard_link") continue;
    auto old_field = old_fields.find(name);
    auto new_field = new_fields.find(name);
    FieldDifference difference;
    difference.field = name;
    if (old_field != old_fields.end()) difference.expected = old_field->second;
    if (new_field != new_fields.end()) difference.found = new_field->second;
    bool both = old_field != old_fields.end() && new_field != new_fields.end();
    if (!both || difference.expected != difference.found) differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace

std::string to_string(const TreeDifference& difference) {
  auto path = visible(difference.path);
  if (path != difference.path) path = in_quotes(difference.path);
  switch (difference.kind) {
    case TreeDifference::Kind::missing:
      return "- " + path;
    case TreeDifference::Kind::unexpected:
      return "+ " + path;
    case TreeDifference::Kind::changed:
      break;
  }
  auto shown = [](const std::string& value) {
    return value.empty() ? std::string("nothing") : visible(value);
  };
  auto line = "! " + path;
  const char* separator = ": ";
  for (const auto& field : difference.fields) {
    line += fmt::format("{}{} {} -> {}", separator, field.field, shown(field.expected), shown(field.found));
    separator = ", ";
  }
  return line;
}

void compare(const EntryStream& before, const EntryStream& after, std::size_t most_differences,
             Ticker& ticker, DifferenceReport& report) {
  auto note = [&](TreeDifference::Kind kind, const TreeEntry& entry, std::vector<FieldDifference> fields) {
    ++report.count;
    if (report.differences.size() < most_differences)
      report.differences.push_back({kind, entry.path, std::move(fields)});
  };
  auto old_entry = before();
  auto new_entry = after();
  while (old_entry || new_entry) {
    auto order = 0;
    if (!old_entry || !new_entry) {
      order = old_entry ? -1 : 1;
    } else {
      order = compare_tree_paths(old_entry->path, new_entry->path);
    }
    const auto& entry = order <= 0 ? *old_entry : *new_entry;
    ticker.entry(entry.path);
    if (entry.hard_link.empty()) ticker.tick(entry.path, entry.size);
    if (order < 0) {
      note(TreeDifference::Kind::missing, entry, {});
    } else if (order > 0) {
      note(TreeDifference::Kind::unexpected, entry, {});
    } else if (!(*old_entry == *new_entry)) {
      auto fields = differences_of(*old_entry, *new_entry);
      if (!fields.empty()) note(TreeDifference::Kind::changed, entry, std::move(fields));
    }
    if (order <= 0) old_entry = before();
    if (order >= 0) new_entry = after();
  }
}

}  // namespace krgboot
