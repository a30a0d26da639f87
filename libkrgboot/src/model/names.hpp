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

/// A name for a message: as it is where it is a label, else quoted.
std::string shown(std::string_view name);

/// The key path of an element of a section that maps names: "images.kerrighed".
std::string named_key(std::string_view section, std::string_view name);

/// Why a host name cannot be one machine's in this cluster: "name.reserved" for what /etc/hosts calls every
/// machine itself, "name.too_long" for one that is too long together with the domain (RFC 1035,
/// section 2.3.4).
struct NameFault {
  const char* code;
  std::string message;
  std::string hint;
};
std::optional<NameFault> host_name_fault(const HostName& name, const std::optional<DomainName>& domain);

/// "did you mean kerrighed?"; without a near name, the list of those that there are.
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
