#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>

namespace krgboot {

/// Result of `validate`: all findings, in the order of the file, and the cluster if none of them is an error.
/// Of a mistake that concerns very many nodes only the first few are listed, with the number of the others.
struct Validation {
  std::optional<Cluster> cluster;
  Diagnostics diagnostics;
};
/// Checks a spec by the rules of the model and by those of each program that the boot server runs. A missing
/// required value is not reported as long as there are other errors, because the reader of the file has
/// reported it. If nothing else is wrong, the finding is "spec.incomplete", without a position.
KRGBOOT_EXPORT Validation validate(const Spec& spec);

}  // namespace krgboot
