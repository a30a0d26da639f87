#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace krgboot {

/// A spec as far as it could be read, and the faults of the rest in the order of the file:
/// "spec.unknown_key", "spec.duplicate_key", "spec.missing_key", "spec.wrong_type" (also for a value that
/// YAML would convert silently), "spec.bad_value" (unknown word, invalid address, unknown version),
/// "spec.merge_key". At most 1000 errors are listed; "spec.too_many_errors" then gives the number of the
/// others.
struct SpecReading {
  Spec spec;
  Diagnostics diagnostics;
};

/// Reads the text of a cluster.yaml, version 1: YAML 1.2 in UTF-8, or JSON. `file` is only a name for
/// messages. Columns count characters. Throws ConfigError if nothing can be read: "yaml.syntax" for text that
/// is not YAML, "yaml.encoding" (not UTF-8, or control characters), "yaml.empty", and for YAML that
/// cluster.yaml does not allow: "yaml.several_documents", "yaml.tag", "yaml.directive", "yaml.too_deep" (64
/// levels), "yaml.too_large" (64 MiB), "yaml.too_many_aliases".
KRGBOOT_EXPORT SpecReading read_spec(std::string_view text, const std::string& file = "");

/// Reads and validates the text of a cluster.yaml; `file` is only a name for messages. Throws ConfigError if
/// the text cannot be read as a spec (its diagnostics include the findings of the validation),
/// ValidationError if it can be read but is invalid. The code is that of the first error.
KRGBOOT_EXPORT Cluster load_cluster(std::string_view text, const std::string& file = "");

/// Reads and validates a cluster.yaml, given by its host path. Throws as `load_cluster` does, and IoError if
/// the file cannot be read or is not a regular file.
KRGBOOT_EXPORT Cluster load_cluster_file(const std::filesystem::path& path);

}  // namespace krgboot
