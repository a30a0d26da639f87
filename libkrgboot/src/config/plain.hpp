#pragma once

#include <optional>
#include <string_view>

namespace krgboot::yaml {

/// What a YAML reader may take an unquoted text for.
enum class Looks { null, boolean, integer, number, sexagesimal, date };

/// Uses the types of YAML 1.1 (yaml.org/type) and of the core schema of YAML 1.2.2 (section 10.3), because
/// readers of both are in use. nullopt if both take it for a text.
std::optional<Looks> looks_like(std::string_view plain) noexcept;

/// "a boolean", for messages.
std::string_view noun(Looks looks) noexcept;

/// The value of a boolean in any of YAML's spellings: true, Yes, on, y, ...
std::optional<bool> any_boolean(std::string_view plain) noexcept;

}  // namespace krgboot::yaml
