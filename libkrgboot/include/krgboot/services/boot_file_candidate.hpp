#pragma once

#include "krgboot/export.hpp"

#include <string>

namespace krgboot {

/// A boot file name that a loader asks for. `hidden`: the file exists, but the loader has found another one
/// before.
struct BootFileCandidate {
  std::string name;
  enum class State { missing, loaded, hidden, unreadable } state = State::missing;
  friend bool operator==(const BootFileCandidate&, const BootFileCandidate&) = default;
};
KRGBOOT_EXPORT std::string to_string(BootFileCandidate::State state);

}  // namespace krgboot
