#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace krgboot {

/// A spec as far as it could be read, and what was wrong with the rest, in the order of the file:
/// "spec.unknown_key", "spec.duplicate_key", "spec.missing_key", "spec.wrong_type" (also for a value that
/// YAML would silently convert), "spec.bad_value" (no such word, no such address), "spec.merge_key". At most
/// 1000 errors are listed; "spec.too_many_errors" then tells how many more there are.
struct SpecReading {
  Spec spec;
  Diagnostics diagnostics;
};

/// Reads cluster.yaml, version 1, from memory: YAML 1.2 in UTF-8, or JSON. `file` is only a name for
/// messages. Columns count characters. Throws ConfigError where nothing of it can be read: "yaml.syntax"
/// where the text is no YAML at all, "yaml.encoding" (no UTF-8, or control characters), "yaml.empty", and for
/// what YAML allows but cluster.yaml does not: "yaml.several_documents", "yaml.tag", "yaml.directive",
/// "yaml.too_deep" (64 levels), "yaml.too_large" (64 MiB), "yaml.too_many_aliases".
KRGBOOT_EXPORT SpecReading read_spec(std::string_view text, const std::string& file = "");

/// Reads and judges. Throws ConfigError where the text cannot be read as a spec (its diagnostics hold what
/// validation found in the rest, too), ValidationError where the spec says what cannot be.
KRGBOOT_EXPORT Cluster load_cluster(std::string_view text, const std::string& file = "");

/// The same from a file. Throws IoError where it cannot be read, or is no regular file.
KRGBOOT_EXPORT Cluster load_cluster_file(const std::filesystem::path& path);

}  // namespace krgboot
