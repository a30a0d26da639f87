#include "vocabulary.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "known_words.hpp"

namespace krgboot::dhcpd {

namespace {

struct Named {
  std::string_view name;
  FieldType type;
};

constexpr std::array<Named, 16> field_types = {{{"flag", FieldType::flag},
                                                {"uint8", FieldType::uint8},
                                                {"uint16", FieldType::uint16},
                                                {"uint32", FieldType::uint32},
                                                {"int32", FieldType::uint32},  // dhcpd takes a sign for both
                                                {"interval", FieldType::interval},
                                                {"address", FieldType::address},
                                                {"address6", FieldType::address6},
                                                {"text", FieldType::text},
                                                {"data", FieldType::data},
                                                {"domains", FieldType::domains},
                                                {"domain", FieldType::domain},
                                                {"word", FieldType::word},
                                                {"key", FieldType::key},
                                                {"nothing", FieldType::nothing},
                                                {"choice", FieldType::choice}}};

constexpr bool in_lower_case(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// All lookups use lower case.
static_assert(std::all_of(known_options.begin(), known_options.end(), [](const auto& each) {
  return in_lower_case(each.space) && in_lower_case(each.name);
}));
static_assert(std::all_of(keywords.begin(), keywords.end(), in_lower_case));

struct Choice {
  std::string_view name;
  std::vector<std::string_view> values;
};

const std::vector<Choice>& choices() {
  static const std::vector<Choice> all = {
      {"ddns-styles", {"none", "ad-hoc", "interim", "standard"}},
      {"prefix-modes", {"ignore", "prefer", "exact", "minimum", "maximum"}},
      // syslog(3)
      {"facilities",
       {"kern",     "user", "mail",   "daemon", "auth",   "syslog", "lpr",    "news",   "uucp",   "cron",
        "authpriv", "ftp",  "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}},
  };
  return all;
}

/// One word of a format: a type, in brackets if optional, followed by dots if repeated.
Field field_of(std::string_view word) {
  Field field;
  if (word.ends_with("...")) {
    field.repeated = true;
    word.remove_suffix(3);
  }
  if (word.starts_with("[")) {
    field.optional = true;
    word = word.substr(1, word.size() - 2);
  }
  auto colon = word.find(':');
  for (const auto& [name, type] : field_types) {
    if (name == word.substr(0, colon)) field.type = type;
  }
  if (colon != std::string_view::npos) {
    for (const auto& choice : choices()) {
      if (choice.name == word.substr(colon + 1)) field.values = &choice.values;
    }
    if (field.values == nullptr) throw InternalError("a choice without values");
  }
  return field;
}

Format format_of(std::string_view text) {
  Format format;
  if (text.starts_with("(")) {  // the whole format is repeated
    format.repeated = true;
    text = text.substr(1, text.find(')') - 1);
  }
  for (auto word : split(text, ' ')) format.fields.push_back(field_of(word));
  return format;
}

}  // namespace

Vocabulary::Vocabulary() {
  for (const auto& known : known_options) {
    auto& space = spaces_[std::string(known.space)];
    space[std::string(known.name)] = {known.code, format_of(known.format)};
  }
}

bool Vocabulary::has_space(std::string_view space) const {
  return spaces_.find(space) != spaces_.end();
}

void Vocabulary::add_space(std::string space) {
  spaces_.insert_or_assign(std::move(space), Space{});
}

void Vocabulary::add_option(const OptionName& name, OptionDefinition definition) {
  spaces_[name.space].insert_or_assign(name.name, std::move(definition));
}

const OptionDefinition* Vocabulary::find(const OptionName& name) const {
  auto space = spaces_.find(name.space);
  if (space == spaces_.end()) return nullptr;
  auto found = space->second.find(name.name);
  return found == space->second.end() ? nullptr : &found->second;
}

const OptionDefinition* Vocabulary::find_number(std::string_view space, unsigned code) const {
  auto options = spaces_.find(space);
  if (options == spaces_.end() || code == 0) return nullptr;
  for (const auto& [name, definition] : options->second) {
    if (definition.code == code) return &definition;
  }
  return nullptr;
}

std::optional<std::string> Vocabulary::near_option(const OptionName& name) const {
  auto space = spaces_.find(name.space);
  if (space == spaces_.end()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [known, definition] : space->second) names.push_back(known);
  if (auto near = did_you_mean(name.name, names)) return near;
  // "nameserver" for domain-name-servers, "gateway-router" for routers: one name contains the other.
  auto joined = [](std::string_view text) {
    std::string letters;
    for (char c : text) {
      if (c != '-') letters += c;
    }
    return letters;
  };
  constexpr std::size_t telling = 5;  // letters
  auto wanted = joined(name.name);
  if (wanted.size() < telling) return std::nullopt;
  for (const auto& known : names) {
    if (joined(known).find(wanted) != std::string::npos) return known;
  }
  return std::nullopt;
}

std::optional<std::string> Vocabulary::near_statement(const std::string& lower_case_word) const {
  if (auto near = near_option({"server", lower_case_word})) return near;
  return did_you_mean(lower_case_word, {keywords.begin(), keywords.end()});
}

bool is_keyword(std::string_view lower_case_word) {
  return std::binary_search(keywords.begin(), keywords.end(), lower_case_word);
}

OptionName option_name(std::string_view dotted) {
  auto lower = to_lower(dotted);
  auto dot = lower.find('.');
  if (dot == std::string::npos) return {"dhcp", lower};
  return {lower.substr(0, dot), lower.substr(dot + 1)};
}

std::optional<unsigned> number_of_unknown(std::string_view name) {
  constexpr std::string_view unknown = "unknown-";  // dhcpd's name for an option known only by number
  if (!name.starts_with(unknown)) return std::nullopt;
  unsigned code = 0;
  std::from_chars(name.data() + unknown.size(), name.data() + name.size(), code);
  return code;
}

}  // namespace krgboot::dhcpd
