#pragma once

#include <string>

#include "catch.hpp"

/// Says, in words that can be searched for, that a test or a part of it was left out.
inline void not_tested(const std::string& reason) {
  WARN("NOT TESTED: " << reason);
}
