#pragma once

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <initializer_list>

namespace krgboot {

/// What `look` returns, or an empty one where it ends with one of these error numbers: of what an image
/// holds, that much is as good as not there. Any other error is thrown.
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
