#pragma once

#include "krgboot/model/spec.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/reader.hpp"
#include "config/values.hpp"
#include "config/yaml.hpp"

/// The building blocks of the table of keys: rows that define a key and the member of the spec for its value.
namespace krgboot::config {

enum class Shape { one, list, one_or_list, values_or_sections, section, list_of_sections, named_sections };

struct SectionKeys;

/// One row of the table.
struct Key {
  std::string name;
  bool required = false;
  std::vector<std::string> fallback = {};  ///< default of a missing key: one value, or a list's elements
  std::string otherwise = {};              ///< description of the default, if it is not a value
  std::string meaning = {};
  std::string example = {};  ///< a value as YAML, on one line; empty for sections

  // Set by the function that adds the row.
  Shape shape = Shape::one;
  const ValueType* value = nullptr;      ///< for one, list, one_or_list, values_or_sections
  const SectionKeys* section = nullptr;  ///< for the shapes with sections

  /// Is an empty list an error?
  bool needs_an_element() const noexcept {
    return shape == Shape::one_or_list || (shape == Shape::list_of_sections && required);
  }
};

/// The keys of one mapping of cluster.yaml, for the schema and the reference page.
struct SectionKeys {
  std::string path;  ///< "networks[].pool"; "" for the top
  std::string meaning;
  std::vector<Key> keys;

  /// The index of a key; keys.size() if there is no key of that name.
  std::size_t find(std::string_view name) const noexcept;

 protected:
  void report_unknown(Reader& reader, const yaml::Element& key) const;
  void report_missing(Reader& reader, const std::vector<bool>& seen, Position at) const;
};

/// Is `element` of that kind? Reports an error if not.
bool expect(Reader& reader, const yaml::Element& element, yaml::Kind kind);

/// Reports an error if the sequence is empty.
void require_an_element(Reader& reader, const yaml::Element& element);

/// Reads a sequence into a field. The field stays empty if one of the values cannot be read.
template <class Kind>
void read_list(Reader& reader, const yaml::Element& element, ListField<typename Kind::type>& field) {
  field.at = element.at();
  if (!expect(reader, element, yaml::Kind::sequence)) return;
  std::vector<SpecItem<typename Kind::type>> items;
  items.reserve(element.children().size());
  for (std::size_t i = 0; i < element.children().size(); ++i) {
    const auto& child = element.children()[i];
    Reader::Step step(reader, i);
    if (auto value = Kind::read(reader, child)) items.push_back({*std::move(value), child.at()});
  }
  if (items.size() == element.children().size()) field.value = std::move(items);
}

namespace detail {
template <class T>
struct MemberPointer;
template <class Owner, class T>
struct MemberPointer<T Owner::*> {
  using type = T;
};
template <auto Member>
using MemberType = typename MemberPointer<decltype(Member)>::type;

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<Field<T>> {
  using type = T;
};

template <class List>
struct ListElement;
template <class T>
struct ListElement<std::vector<T>> {
  using type = T;
};
template <class T>
struct ListElement<ListField<T>> {
  using type = T;
};
}  // namespace detail

template <class Target>
class Section;

/// The keys of the mapping that is read into a T; each is defined in key_table.cpp or key_table_images.cpp.
template <class T>
const Section<T>& section_of();

/// The keys of one mapping, and the members that their values are read into.
template <class Target>
class Section : public SectionKeys {
 public:
  Section(std::string where, std::string what) : SectionKeys{std::move(where), std::move(what), {}} {}

  /// A single value: a Field of the spec.
  template <auto Member, class Kind>
  Section& one(Key key) {
    return add(std::move(key), Shape::one, &Kind::describe(), nullptr,
               [](Reader& reader, const yaml::Element& element, Position, Target& target) {
                 auto& field = target.*Member;
                 field.at = element.at();
                 field.value = Kind::read(reader, element);
               });
  }

  /// A list of values: a ListField. It stays empty if one of the values cannot be read.
  template <auto Member, class Kind>
  Section& list(Key key) {
    return add(std::move(key), Shape::list, &Kind::describe(), nullptr,
               [](Reader& reader, const yaml::Element& element, Position, Target& target) {
                 read_list<Kind>(reader, element, target.*Member);
               });
  }

  /// A list of values, or a single one without brackets.
  template <auto Member, class Kind>
  Section& one_or_list(Key key) {
    return add(std::move(key), Shape::one_or_list, &Kind::describe(), nullptr,
               [](Reader& reader, const yaml::Element& element, Position, Target& target) {
                 auto& field = target.*Member;
                 if (element.kind() != yaml::Kind::scalar) {
                   read_list<Kind>(reader, element, field);
                   return;
                 }
                 field.at = element.at();
                 if (auto value = Kind::read(reader, element))
                   field.value = {{*std::move(value), element.at()}};
               });
  }

  /// A mapping: another struct of the spec, or a Field of one.
  template <auto Member>
  Section& section(Key key) {
    using T = typename detail::Unwrapped<detail::MemberType<Member>>::type;
    return add(std::move(key), Shape::section, nullptr, &section_of<T>(),
               [](Reader& reader, const yaml::Element& element, Position key_at, Target& target) {
                 T value;
                 bool readable = section_of<T>().read(reader, element, key_at, value);
                 if constexpr (std::is_same_v<detail::MemberType<Member>, T>) {
                   target.*Member = std::move(value);
                 } else {
                   (target.*Member).at = key_at;
                   if (readable) (target.*Member).value = std::move(value);
                 }
               });
  }

  /// A mapping whose values are read into the same struct.
  template <const Section<Target>& (*Keys)()>
  Section& section_into_same(Key key) {
    return add(std::move(key), Shape::section, nullptr, &Keys(),
               [](Reader& reader, const yaml::Element& element, Position key_at, Target& target) {
                 Keys().read(reader, element, key_at, target);
               });
  }

  /// A list of mappings: a vector or a ListField of structs of the spec.
  template <auto Member>
  Section& list_of_sections(Key key) {
    using List = detail::MemberType<Member>;
    using T = typename detail::ListElement<List>::type;
    return add(std::move(key), Shape::list_of_sections, nullptr, &section_of<T>(),
               [](Reader& reader, const yaml::Element& element, Position, Target& target) {
                 std::vector<T> values;
                 if (!expect(reader, element, yaml::Kind::sequence)) return;
                 values.reserve(element.children().size());
                 for (const auto& child : element.children()) {
                   Reader::Step step(reader, values.size());
                   section_of<T>().read(reader, child, child.at(), values.emplace_back());
                 }
                 if constexpr (std::is_same_v<List, ListField<T>>) {
                   auto& field = target.*Member;
                   field.at = element.at();
                   field.value.emplace();
                   for (auto& value : values) {
                     auto at = value.at;
                     field.value->push_back({std::move(value), at});
                   }
                 } else {
                   target.*Member = std::move(values);
                 }
               });
  }

  /// A list whose elements are mappings, or single values that are short for a mapping with one key: a
  /// ListField of structs of the spec, and the Field in these structs for such a value.
  template <auto Member, auto Short, class Kind>
  Section& list_of_values_or_sections(Key key) {
    using T = typename detail::ListElement<detail::MemberType<Member>>::type;
    return add(std::move(key), Shape::values_or_sections, &Kind::describe(), &section_of<T>(),
               [](Reader& reader, const yaml::Element& element, Position, Target& target) {
                 auto& field = target.*Member;
                 field.at = element.at();
                 if (!expect(reader, element, yaml::Kind::sequence)) return;
                 std::vector<SpecItem<T>> items;
                 bool readable = true;
                 for (const auto& child : element.children()) {
                   Reader::Step step(reader, items.size());
                   T value;
                   if (child.kind() == yaml::Kind::mapping) {
                     section_of<T>().read(reader, child, child.at(), value);
                   } else {
                     value.at = child.at();
                     (value.*Short).at = child.at();
                     (value.*Short).value = Kind::read(reader, child);
                   }
                   readable = readable && (value.*Short);
                   items.push_back({std::move(value), child.at()});
                 }
                 if (readable) field.value = std::move(items);
               });
  }

  /// A mapping from user-defined names to mappings: a vector of structs that have a `name`.
  template <auto Member>
  Section& named_sections(Key key) {
    using T = typename detail::MemberType<Member>::value_type;
    return add(std::move(key), Shape::named_sections, nullptr, &section_of<T>(),
               [](Reader& reader, const yaml::Element& element, Position, Target& target) {
                 if (!expect(reader, element, yaml::Kind::mapping)) return;
                 reader.each_pair(element, [&](const yaml::Element& name, const yaml::Element& value) {
                   auto& entry = (target.*Member).emplace_back();
                   entry.name = name.text();
                   read_text(reader, name, Text::describe());
                   section_of<T>().read(reader, value, name.at(), entry);
                 });
               });
  }

  /// Reads a mapping into `target` and sets its position to `at`. False if `element` is not a mapping.
  bool read(Reader& reader, const yaml::Element& element, Position at, Target& target) const {
    if constexpr (requires { target.at; }) target.at = at;
    if (!expect(reader, element, yaml::Kind::mapping)) return false;
    std::vector<bool> seen(keys.size());
    reader.each_pair(element, [&](const yaml::Element& key, const yaml::Element& value) {
      auto index = find(key.text());
      if (index == keys.size()) {
        report_unknown(reader, key);
        return;
      }
      seen[index] = true;
      setters_[index](reader, value, key.at(), target);
      if (keys[index].needs_an_element()) require_an_element(reader, value);
    });
    report_missing(reader, seen, at);
    return true;
  }

 private:
  using Setter = void (*)(Reader& reader, const yaml::Element& element, Position key_at, Target& target);

  Section& add(Key key, Shape shape, const ValueType* value, const SectionKeys* section, Setter setter) {
    key.shape = shape;
    key.value = value;
    key.section = section;
    keys.push_back(std::move(key));
    setters_.push_back(setter);
    return *this;
  }

  std::vector<Setter> setters_;
};

}  // namespace krgboot::config
