#include "config/values.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/plain.hpp"

namespace krgboot::config {

namespace {

ValueType named(std::string noun, std::string pattern = "") {
  ValueType type;
  type.noun = std::move(noun);
  type.pattern = std::move(pattern);
  return type;
}

ValueType numbers(std::string noun, std::optional<std::int64_t> minimum,
                  std::optional<std::int64_t> maximum) {
  ValueType type;
  type.noun = std::move(noun);
  type.json = JsonType::integer;
  type.minimum = minimum;
  type.maximum = maximum;
  return type;
}

void report_wrong_kind(Reader& reader, const yaml::Element& element, std::string_view expected) {
  if (element.kind() == yaml::Kind::null) {
    reader.error(code::wrong_type, fmt::format("{} is expected, but there is no value", expected),
                 element.text().empty()
                     ? "remove the key, or give it a value"
                     : fmt::format("write \"{}\" in quotes where it is meant as a text", element.text()),
                 element.at());
  } else {
    reader.error(code::wrong_type, fmt::format("{} is expected, not {}", expected, noun(element)), "",
                 element.at());
  }
}

// Decimal digits without a leading zero, optionally after a minus: all YAML readers agree on these.
bool is_decimal(std::string_view text) {
  if (text.substr(0, 1) == "-") text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string alternatives(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

constexpr const char* octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
constexpr const char* label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

}  // namespace

std::optional<std::string_view> read_text(Reader& reader, const yaml::Element& element,
                                          const ValueType& type) {
  if (element.kind() != yaml::Kind::scalar) {
    report_wrong_kind(reader, element, type.noun);
    return std::nullopt;
  }
  if (element.is_plain()) {
    if (auto looks = yaml::looks_like(element.text())) {
      reader.error(code::wrong_type,
                   fmt::format("{} is expected, but YAML takes {} for {}", type.noun, shown(element.text()),
                               yaml::noun(*looks)),
                   fmt::format("write it in quotes: {}", shown(element.text())), element.at());
      return std::nullopt;
    }
  }
  if (element.text().empty() && !type.may_be_empty) {
    reader.error(code::bad_value, fmt::format("{} is expected, but the text is empty", type.noun),
                 "remove the key, or give it a value", element.at());
    return std::nullopt;
  }
  return element.text();
}

const ValueType& Text::describe() {
  static const ValueType type = named("a text");
  return type;
}

const ValueType& RawLine::describe() {
  static const ValueType type = [] {
    auto line = named("a line");
    line.may_be_empty = true;
    return line;
  }();
  return type;
}

const ValueType& Path::describe() {
  static const ValueType type = named("an absolute path", "^/");
  return type;
}

const ValueType& Size::describe() {
  static const ValueType type = named("a size such as 8G", "^[1-9][0-9]{0,5}[MGT]$");
  return type;
}

const ValueType& Duration::describe() {
  static const ValueType type = named("a time such as 7d", "^[1-9][0-9]{0,5}[smhdw]$");
  return type;
}

const ValueType& NodeNames::describe() {
  static const ValueType type = named("a host name or a range of them");
  return type;
}

const ValueType& NodeAddresses::describe() {
  static const ValueType type = named("an IPv4 address or a range of them");
  return type;
}

const ValueType& NodeMacs::describe() {
  static const ValueType type = named("a MAC address or a range of them");
  return type;
}

std::optional<std::string> NodeMacs::read(Reader& reader, const yaml::Element& element) {
  if (element.kind() == yaml::Kind::scalar && yaml::looks_like(element.text()) == yaml::Looks::sexagesimal) {
    return std::string(element.text());
  }
  return TextKind::read(reader, element);
}

const ValueType& NodeUuids::describe() {
  static const ValueType type = named("a UUID or a range of them");
  return type;
}

const ValueType& NodeIds::describe() {
  static const ValueType type = [] {
    auto ids = named(fmt::format("a number from 0 to {} or a range of them", limits::node_id));
    ids.json = JsonType::string_or_integer;
    return ids;
  }();
  return type;
}

std::optional<std::string> NodeIds::read(Reader& reader, const yaml::Element& element) {
  if (element.kind() == yaml::Kind::scalar && element.is_plain()) {
    auto text = element.text();
    if (is_decimal(text)) return std::string(text);
    auto dash = text.find('-');
    if (dash != std::string_view::npos && is_decimal(text.substr(0, dash)) &&
        is_decimal(text.substr(dash + 1))) {
      reader.error(code::bad_value,
                   fmt::format("{} is expected, but YAML takes brackets for a list", describe().noun),
                   fmt::format("write the range in quotes: \"[{}]\"", text), element.at());
      return std::nullopt;
    }
  }
  return TextKind::read(reader, element);
}

const ValueType& Integer::describe() {
  static const ValueType type = numbers("a whole number", std::nullopt, std::nullopt);
  return type;
}

std::optional<std::int64_t> Integer::read(Reader& reader, const yaml::Element& element) {
  if (element.kind() != yaml::Kind::scalar) {
    report_wrong_kind(reader, element, "a whole number");
    return std::nullopt;
  }
  auto text = element.text();
  if (!element.is_plain()) {
    reader.error(code::wrong_type, fmt::format("a whole number is expected, not the text {}", shown(text)),
                 is_decimal(text) ? fmt::format("write it without quotes: {}", text) : "", element.at());
    return std::nullopt;
  }
  if (!is_decimal(text)) {
    reader.error(code::wrong_type, fmt::format("a whole number is expected, not {}", shown(text)),
                 "write decimal digits alone, without leading zeros: 16", element.at());
    return std::nullopt;
  }
  std::int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) {
    reader.error(code::bad_value, fmt::format("the number {} is too large", shown(text)), "", element.at());
    return std::nullopt;
  }
  return value;
}

const ValueType& Version::describe() {
  static const ValueType type = numbers("a whole number", 1, 1);
  return type;
}

const ValueType& SessionId::describe() {
  static const ValueType type = numbers("a whole number", 1, limits::session_id);
  return type;
}

const ValueType& NodeCount::describe() {
  static const ValueType type = numbers("a whole number", 1, limits::kerrighed_nodes);
  return type;
}

const ValueType& UserId::describe() {
  static const ValueType type = numbers("a whole number", 1, limits::uid);
  return type;
}

const ValueType& BootId::describe() {
  static const ValueType type = numbers("a whole number", limits::no_boot_id, limits::node_id);
  return type;
}

const ValueType& Boolean::describe() {
  static const ValueType type = [] {
    auto boolean = named("true or false");
    boolean.json = JsonType::boolean;
    return boolean;
  }();
  return type;
}

std::optional<bool> Boolean::read(Reader& reader, const yaml::Element& element) {
  if (element.kind() != yaml::Kind::scalar) {
    report_wrong_kind(reader, element, "true or false");
    return std::nullopt;
  }
  if (element.is_plain() && element.text() == "true") return true;
  if (element.is_plain() && element.text() == "false") return false;
  auto meant = yaml::any_boolean(element.text());
  reader.error(code::wrong_type, fmt::format("true or false is expected, not {}", shown(element.text())),
               meant ? fmt::format("write {} without quotes", *meant) : "", element.at());
  return std::nullopt;
}

template <>
const ValueType& Parsed<HostName>::describe() {
  static const ValueType type = named("a host name", fmt::format("^(?![0-9]+$){}$", label));
  return type;
}

template <>
const ValueType& Parsed<DomainName>::describe() {
  static const ValueType type =
      named("a domain", fmt::format("^(?=.{{1,253}}$)(?!(.*\\.)?[0-9]+$){0}(\\.{0})*$", label));
  return type;
}

template <>
const ValueType& Parsed<Ipv4Address>::describe() {
  static const ValueType type = named("an IPv4 address", fmt::format("^{0}(\\.{0}){{3}}$", octet));
  return type;
}

template <>
const ValueType& Parsed<Ipv4Network>::describe() {
  static const ValueType type =
      named("a network, address/prefix length", fmt::format("^{0}(\\.{0}){{3}}/(3[0-2]|[12]?[0-9])$", octet));
  return type;
}

namespace {

/// The words of values for which the model has a to_string().
template <class T>
WordTable<T> spelled(std::initializer_list<T> values) {
  WordTable<T> table;
  for (auto value : values) table.emplace_back(to_string(value), value);
  return table;
}

}  // namespace

template <>
const WordTable<ReleaseName>& words_of<ReleaseName>() {
  static const auto table = [] {
    WordTable<ReleaseName> words;
    for (const auto& row : releases()) words.emplace_back(row.codename, row.name);
    return words;
  }();
  return table;
}

template <>
const WordTable<RootMode>& words_of<RootMode>() {
  static const auto table = [] {
    WordTable<RootMode> words;
    for (const auto& scheme : root_schemes()) words.emplace_back(scheme.word, scheme.mode);
    return words;
  }();
  return table;
}

template <>
const WordTable<Squash>& words_of<Squash>() {
  static const auto table = spelled({Squash::no_root_squash, Squash::root_squash, Squash::all_squash});
  return table;
}

template <>
const WordTable<SshHostKeyPlace>& words_of<SshHostKeyPlace>() {
  static const WordTable<SshHostKeyPlace> table = {{"image", SshHostKeyPlace::image},
                                                   {"boot", SshHostKeyPlace::boot}};
  return table;
}

template <>
const WordTable<FileSystemType>& words_of<FileSystemType>() {
  static const auto table = spelled({FileSystemType::ext4, FileSystemType::xfs, FileSystemType::btrfs});
  return table;
}

template <>
const WordTable<SecurityFlavor>& words_of<SecurityFlavor>() {
  static const auto table =
      spelled({SecurityFlavor::sys, SecurityFlavor::krb5, SecurityFlavor::krb5i, SecurityFlavor::krb5p});
  return table;
}

template <>
const WordTable<Variant>& words_of<Variant>() {
  static const WordTable<Variant> table = {
      {"minbase", Variant::minbase}, {"important", Variant::important}, {"standard", Variant::standard}};
  return table;
}

template <>
const WordTable<Trust>& words_of<Trust>() {
  static const WordTable<Trust> table = {{"signature", Trust::signature}, {"anything", Trust::anything}};
  return table;
}

template <>
const WordTable<BootFileKind>& words_of<BootFileKind>() {
  static const WordTable<BootFileKind> table = {
      {"address", BootFileKind::address}, {"mac", BootFileKind::mac}, {"uuid", BootFileKind::uuid}};
  return table;
}

template <>
const WordTable<Initramfs>& words_of<Initramfs>() {
  static const WordTable<Initramfs> table = {{"initramfs-tools", Initramfs::initramfs_tools},
                                             {"dracut", Initramfs::dracut},
                                             {"none", Initramfs::none}};
  return table;
}

template <>
const WordTable<bool>& words_of<bool>() {
  static const WordTable<bool> table = {{"allow", true}, {"deny", false}};
  return table;
}

std::optional<std::size_t> read_word(Reader& reader, const yaml::Element& element, const ValueType& type) {
  auto expected = fmt::format("one of {}", alternatives(type.words));
  if (element.kind() != yaml::Kind::scalar) {
    report_wrong_kind(reader, element, expected);
    return std::nullopt;
  }
  auto found = std::find(type.words.begin(), type.words.end(), element.text());
  if (found != type.words.end()) return static_cast<std::size_t>(found - type.words.begin());

  auto looks = element.is_plain() ? yaml::looks_like(element.text()) : std::nullopt;
  if (looks) {
    reader.error(code::wrong_type,
                 fmt::format("{} is expected, but YAML takes {} for {}", expected, shown(element.text()),
                             yaml::noun(*looks)),
                 "", element.at());
    return std::nullopt;
  }
  auto near = did_you_mean(element.text(), type.words);
  reader.error(code::bad_value, fmt::format("{} is expected, not {}", expected, shown(element.text())),
               near ? fmt::format("did you mean {}?", *near) : "", element.at());
  return std::nullopt;
}

}  // namespace krgboot::config
