#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>

namespace krgboot {

/// Checks a spec by the rules of the model and by those of each program that the boot server runs. All
/// findings are returned at once, in the order of the file; a Cluster only where none is an error. Of one
/// mistake that concerns very many nodes the first few are told, and how many more there are.
///
/// What the spec must have and has not is left out silently as long as there are other errors, for the reader
/// of a file has reported it; where it is all that is wrong, it is "spec.incomplete", without a position.
struct Validation {
  std::optional<Cluster> cluster;
  Diagnostics diagnostics;
};
KRGBOOT_EXPORT Validation validate(const Spec& spec);

}  // namespace krgboot
