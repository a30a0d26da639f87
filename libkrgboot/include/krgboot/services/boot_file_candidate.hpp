#pragma once

#include "krgboot/export.hpp"

#include <string>

namespace krgboot {

/// One boot file name that a loader asks for.
struct BootFileCandidate {
  std::string name;
  enum class State { missing, loaded, hidden, unreadable } state = State::missing;
  friend bool operator==(const BootFileCandidate&, const BootFileCandidate&) = default;
};
KRGBOOT_EXPORT std::string to_string(BootFileCandidate::State state);

}  // namespace krgboot
