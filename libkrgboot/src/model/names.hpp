#pragma once

#include "krgboot/net/host_name.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::model {

/// Names of clusters, images and boot entries become parts of file names, of loaders' menus and of comments:
///
///   label = (letter / digit) *63( letter / digit / "." / "_" / "-" )
bool is_label(std::string_view text) noexcept;
inline constexpr const char* label_grammar =
    "use up to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit";

/// A name for a message: unchanged if it is a label, else quoted.
std::string shown(std::string_view name);

/// The key path of an element of a section that maps names: "images.kerrighed".
std::string named_key(std::string_view section, std::string_view name);

/// Why a host name cannot be that of one machine in this cluster: "name.reserved" for names that /etc/hosts
/// gives to every machine, "name.too_long" for a name that is too long with the domain (RFC 1035, section
/// 2.3.4).
struct NameFault {
  const char* code;
  std::string message;
  std::string hint;
};
std::optional<NameFault> host_name_fault(const HostName& name, const std::optional<DomainName>& domain);

/// "did you mean kerrighed?"; if no name is similar, the list of the known names.
std::string suggest_one_of(std::string_view word, const std::vector<std::string>& known);
/// The same for the names of elements of a section.
template <class Elements>
std::string suggest(std::string_view word, const Elements& elements) {
  std::vector<std::string> known;
  known.reserve(elements.size());
  for (const auto& element : elements) known.push_back(element.name);
  return suggest_one_of(word, known);
}

}  // namespace krgboot::model
