#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <string>
#include <vector>

#include "model/report.hpp"

namespace krgboot::model {

/// How the root of an image with the key `key` ("images.debian") is exported. Reports rules with which no
/// node could boot, and rules that would restrict the root of the nodes.
ExportRules check_export_rules(Report& report, const ImageSpec& image, const std::string& key, RootMode root);

/// The writable directories of the image; a directory without rules of its own gets the image's `rules`.
std::vector<WritableDirectory> check_writable_rules(Report& report, const ImageSpec& image,
                                                    const std::string& key, const ExportRules& rules);

/// Reports "image.reason_control" for a reason with control characters, which cannot be shown on one line.
void check_reason(Report& report, const Field<std::string>& reason, const std::string& key);

}  // namespace krgboot::model
