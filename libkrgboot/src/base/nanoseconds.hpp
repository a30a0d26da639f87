#pragma once

#include <cstdint>

namespace krgboot {

inline constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

}  // namespace krgboot
