#pragma once

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace krgboot::net {

/// Returns the value that was parsed from `text`. Without one, throws an ArgumentError that says what was
/// expected: "\"10.0.0\" is not an IPv4 address: expected four numbers ...".
template <class T>
T parsed(std::optional<T> value, std::string_view text, const char* code, std::string_view noun,
         std::string_view expected) {
  if (!value) {
    throw ArgumentError(code, std::string(text),
                        fmt::format("{} is not {}: expected {}", in_quotes(text), noun, expected));
  }
  return *std::move(value);
}

}  // namespace krgboot::net
