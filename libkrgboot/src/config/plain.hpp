#pragma once

#include <optional>
#include <string_view>

namespace krgboot::yaml {

/// What a YAML reader may take a text for that is written without quotes.
enum class Looks { null, boolean, integer, number, sexagesimal, date };

/// By the types of YAML 1.1 (yaml.org/type) and the core schema of YAML 1.2.2 (section 10.3) together:
/// readers of either are in use. nullopt: a text to all of them.
std::optional<Looks> looks_like(std::string_view plain) noexcept;

/// "a boolean", for messages.
std::string_view noun(Looks looks) noexcept;

/// A boolean's value, in any of YAML's spellings: true, Yes, on, y …
std::optional<bool> any_boolean(std::string_view plain) noexcept;

}  // namespace krgboot::yaml
