#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

/// Common parts of the fuzzers. An input is text, whose first lines may be arguments; each fuzzer checks
/// promises that must hold for every input.
namespace fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Removes the first line from `rest`, and returns it without its newline.
inline std::string_view take_line(std::string_view& rest) {
  auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

/// Aborts the process if a promise is broken, so that libFuzzer keeps the input.
inline void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// The result of `call`; nullopt if it throws `Expected`. Any other exception is a finding.
template <class Expected, class Call>
auto unless(Call call) -> std::optional<decltype(call())> {
  try {
    return call();
  } catch (const Expected&) {
    return std::nullopt;
  }
}

}  // namespace fuzz
