#pragma once

#include "krgboot/export.hpp"

#include <string>

namespace krgboot {

/// The JSON Schema (draft 2020-12) of cluster.yaml as text, generated from the table of keys.
KRGBOOT_EXPORT std::string cluster_json_schema();

/// The reference page of cluster.yaml in Markdown, generated from the same table.
KRGBOOT_EXPORT std::string cluster_reference();

}  // namespace krgboot
