#pragma once

#include "krgboot/base/error.hpp"
#include "krgboot/model/spec.hpp"
#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/services/services.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/reader.hpp"
#include "config/yaml.hpp"

/// The kinds of single values in cluster.yaml. Each has the type used in the spec, `describe()` for the
/// schema and the reference page, and `read()`, which reports an error and returns nullopt if the value is
/// wrong.
namespace krgboot::config {

enum class JsonType { string, integer, boolean, string_or_integer };

/// A kind of value, for the schema and the reference page.
struct ValueType {
  std::string noun;  ///< with its article: "an IPv4 address"
  JsonType json = JsonType::string;
  std::string pattern;             ///< a regular expression of ECMA 262; empty: any text that is not empty
  std::vector<std::string> words;  ///< the only allowed values; empty: no such list
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  bool may_be_empty = false;
};

/// The text of a scalar. Reports an error if `element` is not a text, or is an unquoted text that YAML could
/// take for something else.
std::optional<std::string_view> read_text(Reader& reader, const yaml::Element& element,
                                          const ValueType& type);

/// The common part of all kinds of texts.
template <class Kind>
struct TextKind {
  using type = std::string;
  static std::optional<std::string> read(Reader& reader, const yaml::Element& element) {
    auto text = read_text(reader, element, Kind::describe());
    return text ? std::optional<std::string>(*text) : std::nullopt;
  }
};

/// Any text that is not empty.
struct Text : TextKind<Text> {
  static const ValueType& describe();
};
/// A line in a daemon's own syntax, which may be empty.
struct RawLine : TextKind<RawLine> {
  static const ValueType& describe();
};
/// An absolute path. Validation checks whether it is acceptable.
struct Path : TextKind<Path> {
  static const ValueType& describe();
};

/// A number with the suffix M, G or T: MiB, GiB, TiB.
struct Size : TextKind<Size> {
  static const ValueType& describe();
};

/// A number of seconds, minutes, hours, days or weeks.
struct Duration : TextKind<Duration> {
  static const ValueType& describe();
};

/// A node's host name, or a range of them; validation expands ranges. The same applies to the next four.
struct NodeNames : TextKind<NodeNames> {
  static const ValueType& describe();
};
struct NodeAddresses : TextKind<NodeAddresses> {
  static const ValueType& describe();
};
/// Needs no quotes: readers of YAML 1.1 take 52:54:00:12:34:01 for a base-60 number, but here only a MAC
/// address can be meant.
struct NodeMacs : TextKind<NodeMacs> {
  static const ValueType& describe();
  static std::optional<std::string> read(Reader& reader, const yaml::Element& element);
};
struct NodeUuids : TextKind<NodeUuids> {
  static const ValueType& describe();
};
/// An unquoted number is also accepted.
struct NodeIds : TextKind<NodeIds> {
  static const ValueType& describe();
  static std::optional<std::string> read(Reader& reader, const yaml::Element& element);
};

/// A whole number in decimal digits, unquoted. Validation checks it against `minimum` and `maximum`.
struct Integer {
  using type = std::int64_t;
  static const ValueType& describe();
  static std::optional<std::int64_t> read(Reader& reader, const yaml::Element& element);
};
struct Version : Integer {
  static const ValueType& describe();
};
struct SessionId : Integer {
  static const ValueType& describe();
};
struct NodeCount : Integer {
  static const ValueType& describe();
};
struct UserId : Integer {
  static const ValueType& describe();
};
struct BootId : Integer {
  static const ValueType& describe();
};

/// `true` or `false`, unquoted. YAML's other spellings are refused.
struct Boolean {
  using type = bool;
  static const ValueType& describe();
  static std::optional<bool> read(Reader& reader, const yaml::Element& element);
};

/// The types of `net`, read by their own parse() and from_string().
template <class T>
struct Parsed {
  using type = T;
  static const ValueType& describe();
  static std::optional<T> read(Reader& reader, const yaml::Element& element) {
    auto text = read_text(reader, element, describe());
    if (!text) return std::nullopt;
    auto value = T::parse(*text);
    if (!value) report(reader, *text, element.at());
    return value;
  }

 private:
  static void report(Reader& reader, std::string_view text, Position at) {
    try {
      T::from_string(text);
    } catch (const ArgumentError& error) {
      reader.error(code::bad_value, error.what(), "", at);
    }
  }
};

/// The words for the values of an enumeration (or of a bool that is written as a word), in the order of the
/// reference page.
template <class T>
using WordTable = std::vector<std::pair<std::string, T>>;

template <class T>
const WordTable<T>& words_of();

/// The word for a value, used for the defaults.
template <class T>
std::string word_of(T value) {
  for (const auto& [word, candidate] : words_of<T>()) {
    if (candidate == value) return word;
  }
  throw InternalError("a value of an enumeration has no word");
}

/// The index in `type.words` of the word in `element`.
std::optional<std::size_t> read_word(Reader& reader, const yaml::Element& element, const ValueType& type);

/// One of a list of words.
template <class T>
struct Word {
  using type = T;
  static const ValueType& describe() {
    static const ValueType type_ = [] {
      ValueType result;
      result.noun = "a word";
      for (const auto& entry : words_of<T>()) result.words.push_back(entry.first);
      return result;
    }();
    return type_;
  }
  static std::optional<T> read(Reader& reader, const yaml::Element& element) {
    auto index = read_word(reader, element, describe());
    if (!index) return std::nullopt;
    return words_of<T>()[*index].second;
  }
};

/// A program of the boot server, from the table of services.
template <ServiceKind Kind>
struct Program {
  using type = std::string;
  static const ValueType& describe() {
    static const ValueType type_ = [] {
      ValueType result;
      result.noun = "a word";
      result.words = program_words(Kind);
      return result;
    }();
    return type_;
  }
  static std::optional<std::string> read(Reader& reader, const yaml::Element& element) {
    auto index = read_word(reader, element, describe());
    if (!index) return std::nullopt;
    return describe().words[*index];
  }
  /// The default: the first program in the table.
  static std::string usual() { return describe().words.front(); }
};

/// `unknown_clients`, a bool that is written as a word.
using AllowOrDeny = Word<bool>;

}  // namespace krgboot::config
