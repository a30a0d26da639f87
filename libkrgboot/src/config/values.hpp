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

/// The kinds of single values in cluster.yaml. Each has the type that the spec holds, `describe()` for the
/// schema and the reference page, and `read()`, which reports what is wrong and then returns nullopt.
namespace krgboot::config {

enum class JsonType { string, integer, boolean, string_or_integer };

/// A kind of value, for the schema and the reference page.
struct ValueType {
  std::string noun;  ///< with its article: "an IPv4 address"
  JsonType json = JsonType::string;
  std::string pattern;             ///< a regular expression of ECMA 262; empty: any text but the empty one
  std::vector<std::string> words;  ///< the only ones allowed; empty: no such list
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  bool may_be_empty = false;
};

/// The text of a scalar; an error where it is none, or where it stands without quotes and YAML could take it
/// for something else.
std::optional<std::string_view> read_text(Reader& reader, const yaml::Element& element,
                                          const ValueType& type);

/// What the kinds of texts have in common.
template <class Kind>
struct TextKind {
  using type = std::string;
  static std::optional<std::string> read(Reader& reader, const yaml::Element& element) {
    auto text = read_text(reader, element, Kind::describe());
    return text ? std::optional<std::string>(*text) : std::nullopt;
  }
};

/// Any text but the empty one.
struct Text : TextKind<Text> {
  static const ValueType& describe();
};
/// A line in a daemon's own syntax, which may be empty.
struct RawLine : TextKind<RawLine> {
  static const ValueType& describe();
};
/// An absolute path. Only validation says which ones will do.
struct Path : TextKind<Path> {
  static const ValueType& describe();
};

/// A number with M, G or T behind it: MiB, GiB, TiB.
struct Size : TextKind<Size> {
  static const ValueType& describe();
};

/// Seconds, minutes, hours, days or weeks.
struct Duration : TextKind<Duration> {
  static const ValueType& describe();
};

/// One node's host name, or a range of them; expanded by validation. The same holds for the next four.
struct NodeNames : TextKind<NodeNames> {
  static const ValueType& describe();
};
struct NodeAddresses : TextKind<NodeAddresses> {
  static const ValueType& describe();
};
/// 52:54:00:12:34:01 is a number to base 60 to readers of YAML 1.1, but nothing else that could be meant: it
/// needs no quotes.
struct NodeMacs : TextKind<NodeMacs> {
  static const ValueType& describe();
  static std::optional<std::string> read(Reader& reader, const yaml::Element& element);
};
struct NodeUuids : TextKind<NodeUuids> {
  static const ValueType& describe();
};
/// A number without quotes, too.
struct NodeIds : TextKind<NodeIds> {
  static const ValueType& describe();
  static std::optional<std::string> read(Reader& reader, const yaml::Element& element);
};

/// A whole number in decimal digits, unquoted. Whether it is in `minimum` to `maximum` is for validation to
/// say.
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

/// `true` or `false`, unquoted, and no other of YAML's spellings.
struct Boolean {
  using type = bool;
  static const ValueType& describe();
  static std::optional<bool> read(Reader& reader, const yaml::Element& element);
};

/// The types of `net`, by their own parse() and from_string().
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

/// The words for the values of an enumeration (or of a bool that is written in words), in the order of the
/// reference page.
template <class T>
using WordTable = std::vector<std::pair<std::string, T>>;

template <class T>
const WordTable<T>& words_of();

/// The word for a value, for the defaults.
template <class T>
std::string word_of(T value) {
  for (const auto& [word, candidate] : words_of<T>()) {
    if (candidate == value) return word;
  }
  throw InternalError("a value of an enumeration has no word");
}

/// The index of the word in `type.words` that `element` holds.
std::optional<std::size_t> read_word(Reader& reader, const yaml::Element& element, const ValueType& type);

/// One of a few words.
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

/// A program of the boot server, by the table of services.
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
  /// For the default: the first of the table.
  static std::string usual() { return describe().words.front(); }
};

/// `unknown_clients`, whose words stand for a bool.
using AllowOrDeny = Word<bool>;

}  // namespace krgboot::config
