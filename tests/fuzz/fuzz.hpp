#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

/// What the fuzzers share: an input is text, its first lines may be arguments, and each fuzzer says what must
/// hold of whatever it is given.
namespace fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Takes the first line off `rest`; its newline goes.
inline std::string_view take_line(std::string_view& rest) {
  auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

/// Ends the process, so that libFuzzer keeps the input, where a promise is not kept.
inline void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// What `call` gives; nullopt where it throws `Expected`. Anything else that it throws is a finding.
template <class Expected, class Call>
auto unless(Call call) -> std::optional<decltype(call())> {
  try {
    return call();
  } catch (const Expected&) {
    return std::nullopt;
  }
}

}  // namespace fuzz
