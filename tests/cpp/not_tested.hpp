#pragma once

#include <string>

#include <unistd.h>

#include "catch.hpp"

/// Says, in words that can be searched for, that a test or a part of it was left out.
inline void not_tested(const std::string& reason) {
  WARN("NOT TESTED: " << reason);
}

/// Is this process root? If it is not, says what is not tested: "only root can ...".
inline bool is_root(const std::string& otherwise) {
  if (geteuid() == 0) return true;
  not_tested(otherwise);
  return false;
}
