#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::dhcpd {

/// What stands for a value in dhcpd.conf (dhcp-options(5), "DEFINING NEW OPTIONS").
enum class FieldType {
  flag,   ///< on, off, true, false, ignore
  uint8,  ///< a number, as all that follow up to interval
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
  bool repeated = false;                                  ///< a list with commas
  bool optional = false;
};

/// How the value of an option is written.
struct Format {
  std::vector<Field> fields;
  bool repeated = false;  ///< all of it, as a list with commas
};

struct OptionDefinition {
  unsigned code = 0;
  Format format;
};

/// In lower case: dhcpd's names know no case.
struct OptionName {
  std::string space;
  std::string name;
};

/// "routers" is dhcp.routers.
OptionName option_name(std::string_view dotted);

/// The number in "unknown-150", 0 where it has none; nullopt where the name is another.
std::optional<unsigned> number_of_unknown(std::string_view name);

/// Has dhcpd a meaning of its own for this word? `lower_case_word`: keywords know no case.
bool is_keyword(std::string_view lower_case_word);

/// The options that a configuration may speak of: those that dhcpd knows, and those that it defines itself.
/// The parameters of the server ("filename") are the options of the space "server".
class Vocabulary {
 public:
  Vocabulary();

  bool has_space(std::string_view space) const;
  void add_space(std::string space);
  void add_option(const OptionName& name, OptionDefinition definition);
  const OptionDefinition* find(const OptionName& name) const;
  /// By its number; 0 is none.
  const OptionDefinition* find_number(std::string_view space, unsigned code) const;
  /// What `name`, which is not known, may be a slip of.
  std::optional<std::string> near_option(const OptionName& name) const;
  /// What a word that begins no statement may be a slip of.
  std::optional<std::string> near_statement(const std::string& lower_case_word) const;

 private:
  using Space = std::map<std::string, OptionDefinition, std::less<>>;
  std::map<std::string, Space, std::less<>> spaces_;
};

}  // namespace krgboot::dhcpd
