#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::dhcpd {

/// The types of values in dhcpd.conf (dhcp-options(5), "DEFINING NEW OPTIONS").
enum class FieldType {
  flag,   ///< on, off, true, false, ignore
  uint8,  ///< a number, like the types up to interval
  uint16,
  uint32,
  interval,  ///< seconds, or infinite
  address,   ///< an IPv4 address or a name
  address6,
  text,     ///< a string, or one word
  data,     ///< a string, or octets in hex
  domains,  ///< strings
  domain,   ///< a name
  word,
  key,     ///< a string or a name
  choice,  ///< one of some words
  nothing,
};

struct Field {
  FieldType type = FieldType::data;
  const std::vector<std::string_view>* values = nullptr;  ///< of a choice
  bool repeated = false;                                  ///< a list separated by commas
  bool optional = false;
};

/// The format of an option's value.
struct Format {
  std::vector<Field> fields;
  bool repeated = false;  ///< the whole format, as a list separated by commas
};

struct OptionDefinition {
  unsigned code = 0;
  Format format;
};

/// In lower case: dhcpd's names are not case-sensitive.
struct OptionName {
  std::string space;
  std::string name;
};

/// "routers" is dhcp.routers.
OptionName option_name(std::string_view dotted);

/// The number in "unknown-150", 0 if the number is missing; nullopt for any other name.
std::optional<unsigned> number_of_unknown(std::string_view name);

/// Is this word a keyword of dhcpd? Keywords are not case-sensitive.
bool is_keyword(std::string_view lower_case_word);

/// The options that a configuration may use: those that dhcpd knows, and those that the configuration
/// defines. The parameters of the server ("filename") are the options of the space "server".
class Vocabulary {
 public:
  Vocabulary();

  bool has_space(std::string_view space) const;
  void add_space(std::string space);
  void add_option(const OptionName& name, OptionDefinition definition);
  const OptionDefinition* find(const OptionName& name) const;
  /// Finds an option by its number; 0 finds nothing.
  const OptionDefinition* find_number(std::string_view space, unsigned code) const;
  /// The known option that was probably meant by the unknown `name`.
  std::optional<std::string> near_option(const OptionName& name) const;
  /// The statement that was probably meant by a word that begins no statement.
  std::optional<std::string> near_statement(const std::string& lower_case_word) const;

 private:
  using Space = std::map<std::string, OptionDefinition, std::less<>>;
  std::map<std::string, Space, std::less<>> spaces_;
};

}  // namespace krgboot::dhcpd
