#pragma once

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <initializer_list>

namespace krgboot {

/// The result of `look`, or an empty value if it fails with one of these error numbers: for the content of an
/// image these count as absent. Other errors are thrown on.
template <class Look>
auto unless_error(std::initializer_list<int> numbers, Look look) -> decltype(look()) {
  try {
    return look();
  } catch (const IoError& error) {
    if (std::find(numbers.begin(), numbers.end(), error.error_number()) == numbers.end()) throw;
    return {};
  }
}

}  // namespace krgboot
