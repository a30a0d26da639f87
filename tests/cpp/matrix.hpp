#pragma once

#include <cstddef>
#include <cstdlib>

/// Selects the part of a large test matrix to run: all cases with `tests/run --all`, else one of `step`,
/// starting with the first. The same as tests/python/matrix.py.
inline bool is_in_part(std::size_t index, std::size_t step = 4) {
  static const bool whole = std::getenv("KRGBOOT_TEST_ALL") != nullptr;
  return whole || index % step == 0;
}
