#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <string>
#include <string_view>

namespace krgboot {

/// A spec as far as it could be read, and what was wrong with the rest (unknown and duplicate keys, wrong
/// types, values that YAML would silently convert).
struct SpecReading {
  Spec spec;
  Diagnostics diagnostics;
};

/// Reads cluster.yaml, version 1, from memory. `file` is only a name for messages. Throws ConfigError
/// "yaml.syntax" where the text is no YAML at all.
SpecReading read_spec(std::string_view text, const std::string& file = "");

/// Reads and judges. Throws ConfigError where the text cannot be read as a spec (its diagnostics hold what
/// validation found in the rest, too), ValidationError where the spec says what cannot be.
Cluster load_cluster(std::string_view text, const std::string& file = "");

/// The same from a file. Throws IoError where it cannot be read.
Cluster load_cluster_file(const std::string& path);

}  // namespace krgboot
