#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <string>
#include <vector>

namespace krgboot::test {

/// The codes of all findings, in order.
inline std::vector<std::string> codes(const Diagnostics& diagnostics) {
  std::vector<std::string> result;
  for (const auto& diagnostic : diagnostics) result.push_back(diagnostic.code);
  return result;
}

}  // namespace krgboot::test
