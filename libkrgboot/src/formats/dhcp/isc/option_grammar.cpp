#include "option_grammar.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "expression_grammar.hpp"
#include "quoted.hpp"

namespace krgboot::dhcpd {

namespace {

const Format& format_of(const Vocabulary& vocabulary, const OptionName& name) {
  static const Format of_unknown{{Field{}}, false};
  const auto* known = vocabulary.find(name);
  if (known == nullptr) known = vocabulary.find_number(name.space, number_of_unknown(name.name).value_or(0));
  return known == nullptr ? of_unknown : known->format;
}

/// Returns no hint for a name that is too long to quote.
std::string hint_of(std::string_view definition, std::string_view name) {
  if (name.size() > longest_quoted) return "";
  return fmt::format("`{}` defines it", fmt::format(fmt::runtime(definition), name));
}

void flag(Head& head, const std::string& what) {
  auto word = head.peek();
  static const std::vector<std::string_view> values = {"true", "on", "false", "off", "ignore"};
  if (std::find(values.begin(), values.end(), word) == values.end()) {
    head.expected(fmt::format("on or off for {}", what));
  }
  head.identifier("");
}

/// A single word needs no quotes; dhcpd stops reading after it.
void text(Head& head, const std::string& what) {
  auto in_quotes_wanted = fmt::format("{} wants a string in quotes", what);
  if (head.kind() == WordKind::string) {
    head.string("");
    return;
  }
  if (!head.is_identifier()) head.complain("dhcpd.not_quoted", in_quotes_wanted);
  head.identifier("");
  if (head.kind() == WordKind::symbol && !head.next_is(','))
    head.complain("dhcpd.not_quoted", in_quotes_wanted);
}

void data(Head& head, const std::string& what) {
  if (head.kind() == WordKind::string) {
    head.string("");
  } else if (head.kind() == WordKind::number || head.kind() == WordKind::number_or_name) {
    head.hex_list();
  } else {
    head.complain("dhcpd.not_quoted", fmt::format("{} wants a string in quotes, or octets in hex", what));
  }
}

void domains(Head& head, const std::string& what) {
  constexpr std::size_t longest_name = 255;  // RFC 1035, 2.3.4
  do {
    if (head.kind() != WordKind::string) {
      head.complain("dhcpd.not_quoted", fmt::format("{} wants domain names in quotes", what));
    }
    auto name = head.string("");
    auto labels = split(name, '.');
    if (labels.size() > 1 && labels.back().empty()) labels.pop_back();
    auto is_label = [](std::string_view label) {
      constexpr std::size_t longest = 63;
      return !label.empty() && label.size() <= longest;
    };
    bool good =
        name.empty() || (name.size() < longest_name && std::all_of(labels.begin(), labels.end(), is_label));
    if (!good) head.complain("dhcpd.bad_value", fmt::format("{} is no domain name", quoted(name)));
  } while (head.take(','));
}

void key_name(Head& head, const std::string& what) {
  if (head.kind() == WordKind::string) {
    head.string("");
  } else {
    head.host_name(fmt::format("the name of a key for {}", what));
  }
}

void field_value(Head& head, const Field& field, const std::string& what) {
  auto number = fmt::format("a number for {}", what);
  switch (field.type) {
    case FieldType::flag:
      return flag(head, what);
    case FieldType::uint8:
      return head.value_number(8, number);
    case FieldType::uint16:
      return head.value_number(16, number);
    case FieldType::uint32:
      return head.value_number(32, number);
    case FieldType::interval:
      if (!head.take("infinite")) head.value_number(32, fmt::format("a number of seconds for {}", what));
      return;
    case FieldType::address:
      return head.address_or_name();
    case FieldType::address6:
      return head.address6();
    case FieldType::text:
      return text(head, what);
    case FieldType::data:
      return data(head, what);
    case FieldType::domains:
      return domains(head, what);
    case FieldType::domain:
      head.host_name(fmt::format("a domain name for {}", what));
      return;
    case FieldType::word:
      head.identifier(fmt::format("a word for {}", what));
      return;
    case FieldType::key:
      return key_name(head, what);
    case FieldType::choice: {
      auto known = *field.values;
      if (auto word =
              head.is_identifier() ? std::find(known.begin(), known.end(), head.raw_next()) : known.end();
          word == known.end()) {
        head.expected(fmt::format("one of {} for {}", fmt::join(known, ", "), what));
      }
      head.identifier("");
      return;
    }
    case FieldType::nothing:
      return;
  }
}

void fields(Head& head, const Format& format, const std::string& what) {
  for (const auto& field : format.fields) {
    if (field.optional && head.done()) continue;
    do {
      field_value(head, field, what);
    } while (field.repeated && head.take(','));
  }
}

/// One type in `option NAME code N = ...`. `in_array`: it is the element type of an array. `last`: no other
/// type may follow it.
Field defined_field(Head& head, const Vocabulary& vocabulary, bool in_array, bool& last, bool& encapsulates) {
  Field field;
  auto no_array = [&](std::string_view type) {
    if (in_array) head.complain("dhcpd.bad_definition", fmt::format("there are no arrays of {}", type));
    last = true;
  };
  bool has_sign = head.take("signed") || head.take("unsigned");
  if (head.take("integer")) {
    auto bits = head.number("8, 16 or 32");
    if (bits != 8 && bits != 16 && bits != 32) {
      head.complain("dhcpd.bad_definition", fmt::format("{} is none of 8, 16 and 32", bits));
    }
    field.type = bits == 8 ? FieldType::uint8 : bits == 16 ? FieldType::uint16 : FieldType::uint32;
  } else if (has_sign) {
    head.expected("\"integer\"");
  } else if (head.take("boolean")) {
    field.type = FieldType::flag;
  } else if (head.take("ip-address")) {
    field.type = FieldType::address;
  } else if (head.take("ip6-address")) {
    field.type = FieldType::address6;
  } else if (head.take("domain-name")) {
    no_array("domain names");
    field.type = FieldType::domain;
  } else if (head.take("domain-list")) {
    no_array("domain lists");
    head.take("compressed");
    field.type = FieldType::domains;
  } else if (head.take("text")) {
    no_array("texts");
    field.type = FieldType::text;
  } else if (head.take("string")) {
    no_array("strings");
    field.type = FieldType::data;
  } else if (head.take("zerolen")) {
    no_array("zerolen");
    field.type = FieldType::nothing;
  } else if (head.take("encapsulate")) {
    auto space = to_lower(head.identifier("the name of an option space"));
    if (!vocabulary.has_space(space)) {
      head.complain("dhcpd.unknown_space", fmt::format("there is no option space {}", quoted(space)));
    }
    encapsulates = true;
    field.type = FieldType::data;
  } else {
    head.expected("a type");
  }
  return field;
}

}  // namespace

OptionName read_option_name(Head& head, const Vocabulary& vocabulary) {
  auto first = to_lower(head.identifier("the name of an option"));
  if (!head.take('.')) return {"dhcp", first};
  if (!vocabulary.has_space(first)) {
    head.complain("dhcpd.unknown_space", fmt::format("dhcpd knows no option space {}", quoted(first)),
                  hint_of("option space {};", first));
  }
  return {first, to_lower(head.identifier("the name of an option"))};
}

OptionName known_option(Head& head, const Vocabulary& vocabulary) {
  auto name = read_option_name(head, vocabulary);
  must_be_known(head, name, vocabulary);
  return name;
}

void must_be_known(const Head& head, const OptionName& name, const Vocabulary& vocabulary) {
  if (vocabulary.find(name) != nullptr) return;
  auto number = number_of_unknown(name.name);
  if (!number) unknown_option(head, name, vocabulary);
  constexpr unsigned end_option = 255;  // RFC 2132, 3.2
  if (*number == 0 || (name.space == "dhcp" && *number == end_option)) {
    head.complain_before("dhcpd.unknown_option", fmt::format("there is no option {}", quoted(name.name)));
  }
}

void unknown_option(const Head& head, const OptionName& name, const Vocabulary& vocabulary) {
  auto shown = name.space == "dhcp" ? name.name : name.space + "." + name.name;
  auto near = vocabulary.near_option(name);
  head.complain_before(
      "dhcpd.unknown_option", fmt::format("dhcpd knows no option {}", quoted(shown)),
      near ? fmt::format("did you mean {}?", *near) : hint_of("option {} code N = TYPE;", shown));
}

void literal_value(Head& head, const Vocabulary& vocabulary, const OptionName& name,
                   const std::string& what) {
  const auto& format = format_of(vocabulary, name);
  do {
    fields(head, format, what);
  } while (format.repeated && head.take(','));
}

void option_value(Head& head, const Vocabulary& vocabulary, const OptionName& name, const std::string& what) {
  bool nothing = format_of(vocabulary, name).fields.front().type == FieldType::nothing;
  if (head.done() && !head.block() && !nothing && head.second_semicolon()) {
    head.complain_of_second_semicolon(
        "dhcpd.deadly", fmt::format("dhcpd takes the first ';' for the value of {}, and dies as soon as it "
                                    "carries the statement out",
                                    what));
  }
  if (head.done() && !nothing) head.complain("dhcpd.bad_value", fmt::format("{} has no value", what));
  if (head.take('=')) {
    data_expression(head, vocabulary);
  } else {
    literal_value(head, vocabulary, name, what);
  }
  head.end_statement();
}

void define_space(Head& head, Vocabulary& vocabulary) {
  auto name = to_lower(head.identifier("the name of an option space"));
  auto width = [&](std::string_view word, std::initializer_list<unsigned long> allowed,
                   std::string_view what) {
    head.expect(word);
    auto value = head.number(what);
    if (allowed.size() != 0 && std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      head.complain("dhcpd.bad_definition", fmt::format("{} is not {}", value, what));
    }
  };
  while (!head.done()) {
    if (head.take("code")) {
      width("width", {1, 2, 4}, "1, 2 or 4");
    } else if (head.take("length")) {
      width("width", {1, 2}, "1 or 2");
    } else if (head.take("hash")) {
      width("size", {}, "a number");
    } else {
      head.end_statement();
    }
  }
  head.end_statement();
  vocabulary.add_space(name);
}

void define_option(Head& head, Vocabulary& vocabulary, const OptionName& name) {
  OptionDefinition definition;
  definition.code = static_cast<unsigned>(head.number("the number of the option"));
  head.expect('=');
  bool array = head.take("array");
  if (array) head.expect("of");
  bool record = head.take('{');
  bool last = false;
  bool encapsulates = false;
  do {
    if (last || encapsulates) head.complain("dhcpd.bad_definition", "nothing may follow this type");
    bool inner_array = !array && head.take("array");
    if (inner_array) head.expect("of");
    auto field = defined_field(head, vocabulary, array || inner_array, last, encapsulates);
    if (record) {
      field.repeated = inner_array;
    } else if (inner_array) {
      definition.format.repeated = true;
    }
    definition.format.fields.push_back(field);
  } while (record && head.take(','));
  if (record) head.expect('}');
  if (encapsulates && array) {
    head.complain("dhcpd.bad_definition", "there are no arrays of encapsulated options");
  }
  head.end_statement();
  definition.format.repeated = definition.format.repeated || array;
  vocabulary.add_option(name, std::move(definition));
}

}  // namespace krgboot::dhcpd
